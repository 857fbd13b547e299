import { svelte } from '@sveltejs/vite-plugin-svelte'
import tailwindcss from '@tailwindcss/vite'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { licences } from './build/licences.ts'

export default defineConfig({
  plugins: [tailwindcss(), svelte(), licences()],
  resolve: {
    alias: { $lib: fileURLToPath(new URL('./src/lib', import.meta.url)) },
    // Vitest would otherwise take Svelte's server build, in which runes do not react.
    ...(process.env.VITEST ? { conditions: ['browser'] } : {})
  },
  build: {
    target: 'es2022',
    // The window reads from the program itself: one more file is cheaper than a warning about size.
    chunkSizeWarningLimit: 1000,
    // How long which plugin took changes with the machine and helps nobody who builds.
    rolldownOptions: { checks: { pluginTimings: false } }
  },
  test: { include: ['tests/unit/**/*.test.ts'], environment: 'node' }
})
