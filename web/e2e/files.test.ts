// Files of a record: upload, drag in, paste, preview, versions, restore, delete with undo; never a page of somebody else's making.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type App, closeBrowser, create, open, saved, unique } from './app.ts'
import { violations } from './axe.ts'

const name = unique('文件客户')
let app: App
let id: string

beforeAll(async () => {
  id = (await create('account', { name })).id
  app = await open()
})
afterAll(async () => {
  expect(app.complaints).toEqual([])
  await closeBrowser()
})

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAYAAABytg0kAAAAFElEQVR4nGP8z8Dwn4GBgYEJRIAAAB4GAgHqnUZDAAAAAElFTkSuQmCC',
  'base64',
)
const pdf = Buffer.from(
  '%PDF-1.1\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF',
)

const section = () => app.page.getByRole('region', { name: '文件', exact: true })
const row = (file: string) => section().getByRole('listitem').filter({ hasText: file })
const dialog = () => app.page.getByRole('dialog')

it('uploads, shows, versions, restores and deletes', async () => {
  const { page } = app
  await app.goto(`/o/account/${id}`)
  await section().getByText('还没有文件').waitFor()
  await page
    .getByTestId('upload')
    .setInputFiles({ name: '报价.csv', mimeType: 'text/csv', buffer: Buffer.from('产品,单价\n甲,12.50\n') })
  await row('报价.csv')
    .getByText(/管理员|字节|B/)
    .first()
    .waitFor()

  await row('报价.csv').getByRole('button', { name: '报价.csv', exact: true }).click()
  await dialog().getByRole('cell', { name: '12.50' }).waitFor()
  expect(await violations(page)).toEqual([])
  await dialog().getByRole('button', { name: '关闭' }).click()

  const fileId = (await row('报价.csv').locator('input[type=file]').getAttribute('data-testid'))?.slice(8)
  await page.getByTestId(`version-${fileId}`).setInputFiles({
    name: 'x.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from('产品,单价\n甲,13.00\n'),
  })
  await row('报价.csv').getByText('第 2 版').waitFor()
  await row('报价.csv').getByRole('button', { name: '报价.csv', exact: true }).click()
  await dialog().getByRole('cell', { name: '13.00' }).waitFor()
  await dialog().getByRole('button', { name: '第 1 版', exact: true }).click()
  await dialog().getByRole('cell', { name: '12.50' }).waitFor()
  await dialog().getByRole('button', { name: '恢复到第 1 版' }).click()
  await dialog().getByRole('button', { name: '第 3 版', exact: true }).waitFor()
  await dialog().getByRole('cell', { name: '12.50' }).waitFor()
  const bytes = await saved(page, () =>
    dialog().getByRole('link', { name: '下载', exact: true }).last().click(),
  )
  expect(bytes.toString()).toContain('12.50')
  await dialog().getByRole('button', { name: '关闭' }).click()

  await row('报价.csv').getByRole('button', { name: '报价.csv 的操作' }).click()
  await page.getByRole('menuitem', { name: '删除' }).click()
  await section().getByText('还没有文件').waitFor()
  await page.getByRole('button', { name: '撤销' }).click()
  await row('报价.csv').waitFor()
})

it('takes what is dragged in and pasted, and shows pictures and PDF', async () => {
  const { page } = app
  await app.goto(`/o/account/${id}`)
  await row('报价.csv').waitFor()
  const drop = async (file: string, type: string, bytes: Buffer) => {
    const transfer = await page.evaluateHandle(
      ([file, type, bytes]) => {
        const transfer = new DataTransfer()
        const content = Uint8Array.from(atob(bytes as string), (c) => c.charCodeAt(0))
        transfer.items.add(new File([content], file as string, { type: type as string }))
        return transfer
      },
      [file, type, bytes.toString('base64')],
    )
    await section().dispatchEvent('dragenter', { dataTransfer: transfer })
    await section().dispatchEvent('drop', { dataTransfer: transfer })
    await row(file).waitFor()
  }
  await drop('照片.png', 'image/png', png)
  await row('照片.png').getByRole('button', { name: '照片.png', exact: true }).click()
  const image = dialog().getByRole('img', { name: '照片.png' })
  await image.waitFor()
  expect(
    await image.evaluate((element: HTMLImageElement) => element.decode().then(() => element.naturalWidth)),
  ).toBe(2)
  await dialog().getByRole('button', { name: '关闭' }).click()

  await drop('合同.pdf', 'application/pdf', pdf)
  await row('合同.pdf').getByRole('button', { name: '合同.pdf', exact: true }).click()
  if (await page.evaluate(() => navigator.pdfViewerEnabled)) await dialog().locator('iframe').waitFor()
  else await dialog().getByText('此浏览器不能在页面里显示 PDF').waitFor()
  await dialog().getByRole('button', { name: '关闭' }).click()

  await page.evaluate(() => {
    const transfer = new DataTransfer()
    transfer.items.add(
      new File(['<script>document.title="hacked"</script>'], '坏.html', { type: 'text/html' }),
    )
    document.dispatchEvent(new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true }))
  })
  await row('坏.html').getByRole('button', { name: '坏.html', exact: true }).click()
  await dialog().getByText('<script>document.title="hacked"</script>').waitFor()
  expect(await page.title()).not.toContain('hacked')
  await dialog().getByRole('link', { name: '文件详情' }).click()
  await page.getByRole('heading', { level: 1, name: '坏.html' }).waitFor()
  await page.getByRole('region', { name: '预览' }).getByText('<script>').waitFor()
  expect(await violations(page)).toEqual([])
})

it('finds files by their size, in the unit one thinks in', async () => {
  const { page } = app
  const mark = unique('大小')
  await app.goto(`/o/account/${(await create('account', { name: mark })).id}`)
  await section().getByText('还没有文件').waitFor()
  for (const kilobytes of [1, 3]) {
    const [file, buffer] = [`${mark}-${kilobytes}.bin`, Buffer.alloc(kilobytes * 1024, 1)]
    await page
      .getByTestId('upload')
      .setInputFiles({ name: file, mimeType: 'application/octet-stream', buffer })
    await row(file).waitFor()
  }
  await app.goto(`/o/file?q=${encodeURIComponent(JSON.stringify(mark))}`)
  await page.getByText('共 2 条', { exact: true }).waitFor()
  await page.getByRole('button', { name: '筛选', exact: true }).click()
  await page.getByRole('button', { name: '添加条件', exact: true }).click()
  await page.getByRole('combobox', { name: '字段 1' }).selectOption({ label: '大小' })
  await page.getByRole('combobox', { name: '条件 1' }).selectOption({ label: '大于等于' })
  await page.getByRole('textbox', { name: '值 1' }).fill('2')
  await page.getByRole('combobox', { name: '值 1：单位' }).selectOption('KB')
  await page.getByText('大小 大于等于 2 KB').waitFor()
  expect(await violations(page)).toEqual([])
  await page.keyboard.press('Escape')
  await page.getByText('共 1 条', { exact: true }).waitFor()
  await page.reload()
  await page.getByRole('button', { name: '筛选：1 个条件' }).click()
  expect(await page.getByRole('textbox', { name: '值 1' }).inputValue()).toBe('2')
})

it('takes photos with the camera of a phone', async () => {
  const phone = await open({ phone: true, language: 'en' })
  await phone.goto(`/o/account/${id}`)
  await phone.page.getByRole('tab', { name: 'Related' }).click()
  await phone.page.getByRole('button', { name: 'Take a photo' }).waitFor()
  expect(await phone.page.getByTestId('camera').getAttribute('capture')).toBe('environment')
  await phone.page
    .getByTestId('camera')
    .setInputFiles({ name: 'photo.png', mimeType: 'image/png', buffer: png })
  await phone.page.getByRole('button', { name: 'photo.png', exact: true }).waitFor()
  expect(await violations(phone.page)).toEqual([])
  expect(phone.complaints).toEqual([])
  await phone.close()
})
