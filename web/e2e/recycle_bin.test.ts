// The recycle bin: restore, and delete for good.
import { afterAll, expect, it } from 'vitest'
import { api, closeBrowser, create, open, unique } from './app.ts'

afterAll(closeBrowser)

it('restores one record and deletes another for good', async () => {
  const [kept, gone] = [unique('恢复'), unique('清除')]
  const [first, second] = [await create('account', { name: kept }), await create('account', { name: gone })]
  await api('DELETE', `/records/account/${first.id}`)
  await api('DELETE', `/records/account/${second.id}`)
  const { page, goto, complaints } = await open()
  await goto('/recycle-bin')
  await page.getByRole('checkbox', { name: `选择 ${kept}` }).check()
  await page.getByRole('button', { name: '恢复', exact: true }).click()
  await page.getByRole('status').getByText('已恢复 1 条').waitFor()
  await page.getByRole('checkbox', { name: `选择 ${kept}` }).waitFor({ state: 'detached' })
  await page.getByRole('checkbox', { name: `选择 ${gone}` }).check()
  await page.getByRole('button', { name: '彻底删除' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '彻底删除' }).click()
  await page.getByRole('status').getByText('已彻底删除 1 条').waitFor()
  await goto(`/o/account/${first.id}`)
  await page.getByRole('heading', { level: 1, name: kept }).waitFor()
  expect(complaints).toEqual([])
})
