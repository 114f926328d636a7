// What every unit test needs: the Chinese texts, loaded once.
import { beforeAll } from 'vitest'
import { startI18n } from './i18n.ts'

beforeAll(async () => {
  await startI18n('zh-CN')
})
