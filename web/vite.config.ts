// Build and development settings; vitest reads its own section from here.
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

const server = process.env.GUANXI_URL ?? 'http://127.0.0.1:8080'

export default defineConfig({
  plugins: [react()],
  build: {
    target: 'es2023',
    manifest: true,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1500,
    rolldownOptions: {
      output: {
        // What every page needs compresses best as one file.
        codeSplitting: {
          groups: [
            {
              name: 'shell',
              test: /node_modules\/(\.pnpm\/)?(react|react-dom|scheduler|react-i18next|i18next|@tanstack\+(react-router|router-core|history|store|react-store|query-core|react-query)|use-sync-external-store|openapi-fetch)@/,
            },
            // Small parts that lazy pages share with the first script would each become a file of their own.
            {
              name: 'base',
              test: /\/src\/(lib\/i18n|api\/(client|commands|queries)|ui\/(button|toast|feedback)|records\/writes)\.tsx?$|lucide-react\/.*\/(createLucideIcon|Icon|x|box)\./,
            },
          ],
        },
      },
    },
  },
  // The user guide lies beside this folder.
  server: { fs: { allow: ['..'] }, proxy: { '/api': { target: server, changeOrigin: true } } },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.{ts,tsx}'],
    setupFiles: ['src/lib/test-setup.ts'],
  },
})
