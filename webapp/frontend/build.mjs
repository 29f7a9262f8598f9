// Builds everything the browser loads into the folder given as argument: style sheets in both directions, fonts, scripts.
import fs from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import postcss from 'postcss';
import rtlcss from 'rtlcss';

const out = path.resolve(process.argv[2]);
const kern = path.resolve('node_modules/@kern-ux/native/dist');

/** KERN without its grid and spacing utilities: our layout is a few lines of CSS grid, so two thirds of the weight can go. */
function kernComponents() {
  const read = (name) => postcss.parse(fs.readFileSync(path.join(kern, name), 'utf8'));
  const unused = new Set();
  for (const sheet of ['kern-utilities.css', 'kern-grid.css']) {
    read(sheet).walkRules((rule) => unused.add(rule.selector));
  }
  const keep = /kern-container|kern-sr-only|:root/;
  const sheet = read('kern.css');
  sheet.walkRules((rule) => {
    if (unused.has(rule.selector) && !keep.test(rule.selector)) rule.remove();
  });
  sheet.walkAtRules('media', (media) => {
    if (media.nodes.length === 0) media.remove();
  });
  return sheet.toString();
}

/** Only woff2, cut by script: a German page loads about 25 kB a weight, an Arabic one its own letters besides. */
const fontImports = [
  ...[400, 500, 600, 700].map((weight) => `@fontsource/fira-sans/${weight}.css`), '@fontsource/fira-sans/400-italic.css',
].map((name) => `@import "${name}";`);
const loader = { '.woff2': 'file', '.woff': 'empty', '.ttf': 'empty', '.eot': 'empty', '.svg': 'empty' };

async function styles() {
  const ours = fs.readdirSync('src/css').sort().map((name) => fs.readFileSync(path.join('src/css', name), 'utf8'));
  await build({
    stdin: { contents: [...fontImports, kernComponents(), ...ours].join('\n'), loader: 'css', resolveDir: '.' },
    outfile: path.join(out, 'lotse.css'), bundle: true, minify: true, target: ['es2022'], loader,
    assetNames: 'fonts/[name]', logLevel: 'error',
  });
  const sheet = postcss.parse(fs.readFileSync(path.join(out, 'lotse.css'), 'utf8'));
  // A tick looks the same in every script; everything else is mirrored.
  sheet.walkRules(/checkbox:checked\S*:before/, (rule) => rule.before(postcss.comment({ text: 'rtl:ignore' })));
  const mirrored = `${rtlcss.process(sheet.toString())}\n.kern-form-check__checkbox{direction:ltr}`;
  fs.writeFileSync(path.join(out, 'lotse.rtl.css'), mirrored);
}

async function scripts() {
  const entryPoints = fs.readdirSync('src/js').filter((name) => name.endsWith('.js')).map((name) => `src/js/${name}`);
  await build({
    entryPoints, outdir: out, bundle: true, minify: true, format: 'esm', target: ['es2022'], legalComments: 'linked',
    loader,
    jsx: 'automatic', jsxImportSource: '@bpmn-io/properties-panel/preact',
    define: { 'process.env.NODE_ENV': '"production"' }, logLevel: 'error',
  });
}

fs.rmSync(out, { recursive: true, force: true });
fs.mkdirSync(out, { recursive: true });
for (const name of ['icon.svg', 'globe.svg']) fs.copyFileSync(path.join('src', name), path.join(out, name));
await Promise.all([styles(), scripts()]);
