"""The pages the law asks for."""
