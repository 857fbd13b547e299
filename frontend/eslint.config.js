import js from '@eslint/js'
import svelte from 'eslint-plugin-svelte'
import globals from 'globals'
import ts from 'typescript-eslint'
import svelteConfig from './svelte.config.js'

export default ts.config(
  { ignores: ['dist/', 'node_modules/', 'wailsjs/', 'test-results/', 'playwright-report/'] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser, ...globals.node } },
    rules: {
      // call<void>(...) is a call that gives nothing back.
      '@typescript-eslint/no-invalid-void-type': 'off',
      'max-lines': ['error', { max: 150, skipBlankLines: false }],
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { group: ['**/wailsjs/**'], message: 'Only src/lib/api speaks to the program.' }
          ]
        }
      ]
    }
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: {
      parserOptions: { extraFileExtensions: ['.svelte'], parser: ts.parser, svelteConfig }
    }
  },
  // The layers of docs/architecture.md: ui <- features <- App, api <- state <- features.
  layer('src/lib/ui/**', ['$lib/api*', '$lib/state*', '$lib/features*'], 'ui is presentational'),
  layer('src/lib/api/**', ['$lib/state*', '$lib/features*', '$lib/ui*'], 'api knows no screen'),
  layer('src/lib/state/**', ['$lib/features*', '$lib/ui*'], 'state knows no screen'),
  { files: ['tests/**'], rules: { 'max-lines': ['error', 300] } }
)

/** layer forbids the files of one folder the imports of the layers above it. */
function layer(files, groups, why) {
  const patterns = groups.map((group) => ({ group: [group, `${group}/**`], message: why }))
  if (!files.includes('/api/')) patterns.push({ group: ['**/wailsjs/**'], message: why })
  return { files: [files], rules: { 'no-restricted-imports': ['error', { patterns }] } }
}
