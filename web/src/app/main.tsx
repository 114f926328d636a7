// Where the application starts: language first, so that nothing is drawn without its texts.
import { createRoot } from 'react-dom/client'
import '../ui/tokens.css'
import '../ui/ui.css'
import './shell.css'
import './print.css'
import { initialLanguage, startI18n } from '../lib/i18n.ts'
import { watchSystemTheme } from '../lib/theme.ts'
import { App } from './app.tsx'

const root = document.getElementById('root')
if (root) {
  watchSystemTheme()
  void startI18n(initialLanguage()).then(() => createRoot(root).render(<App />))
}
