// Workbooks in and out: what a spreadsheet shows is what comes in, and what the list shows is what goes out.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type App, api, closeBrowser, open, saved, unique } from './app.ts'
import { serial, sheetRows, workbook } from './xlsx.ts'

const mark = unique('工作簿')
const list = `/o/campaign?columns=${encodeURIComponent(
  JSON.stringify(['name', 'budget', 'start_date', 'expected_response', 'place']),
)}&q=${encodeURIComponent(JSON.stringify(mark))}&sort=${encodeURIComponent('[{"field":"name","desc":false}]')}`
let app: App

beforeAll(async () => {
  app = await open()
})
afterAll(async () => {
  expect(app.complaints).toEqual([])
  await closeBrowser()
})

it('imports a workbook: values of formulas, dates, percentages, text that looks like a formula', async () => {
  const { page } = app
  const file = workbook(
    [
      ['活动名称', '预算', '开始日期', '预期响应率', '地点'],
      [
        `${mark} 甲`,
        { v: 2108.5, style: 'money', formula: '1054.25*2' },
        { v: serial('2026-12-31'), style: 'date' },
        { v: 0.605, style: 'percent' },
        '=1+1',
      ],
      [
        `${mark} 乙`,
        { v: 1054, style: 'plain' },
        { v: '2027-01-15', formula: 'TEXT(46037,"yyyy-mm-dd")' },
        { v: 0.07, style: 'percent', formula: '7/100' },
        '会议室',
      ],
    ],
    '活动清单',
  )
  await app.goto('/imports?object=campaign')
  await page.getByLabel('选择文件').setInputFiles({
    name: '活动.xlsx',
    mimeType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    buffer: file,
  })
  await page.getByText('已匹配 5 / 5 列').waitFor()
  await page.getByRole('button', { name: '下一步', exact: true }).click()
  const preview = page.getByRole('region', { name: '预览' })
  const first = preview.getByRole('row', { name: new RegExp(`${mark} 甲`) })
  for (const shown of ['¥2,108.50', '2026/12/31', '60.5%', '=1+1']) {
    await first.getByText(shown, { exact: true }).waitFor()
  }
  await page.getByRole('button', { name: '导入 2 行' }).click()
  await page.getByRole('heading', { name: '导入完成' }).waitFor()
  const q = `SELECT name, budget, start_date, expected_response, place FROM campaign WHERE name LIKE '${mark}%' ORDER BY start_date`
  const { records } = await api<{ records: unknown[] }>('POST', '/query', { q })
  expect(records).toMatchObject([
    { budget: { amount: '2108.50' }, start_date: '2026-12-31', expected_response: '60.50', place: '=1+1' },
    { budget: { amount: '1054.00' }, start_date: '2027-01-15', expected_response: '7.00', place: '会议室' },
  ])
})

async function exported(format: 'CSV' | 'XLSX'): Promise<Buffer> {
  const { page } = app
  await app.goto(list)
  await page.getByRole('status').getByText('共 2 条', { exact: true }).waitFor()
  return saved(page, async () => {
    await page.getByRole('button', { name: '导出', exact: true }).click()
    await page.getByRole('menuitem', { name: `导出为 ${format === 'CSV' ? 'CSV' : 'Excel'}` }).click()
  })
}

const table = (next: string) => [
  ['活动名称', '预算', '开始日期', '预期响应率', '地点'],
  [`${mark} 乙`, '1054', '2027-01-15', '7', '会议室'],
  [`${mark} 甲`, '2108.5', '2026-12-31', '60.5', next],
]

it('exports the list as a workbook without formulas', async () => {
  const file = await exported('XLSX')
  expect(sheetRows(file)).toEqual(table('=1+1'))
})

it('exports the list as CSV that Excel reads right and takes nothing for a formula', async () => {
  const file = await exported('CSV')
  expect([...file.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf])
  const rows = file.subarray(3).toString('utf8').trimEnd().split('\r\n')
  expect(rows.map((row) => row.split(','))).toEqual(
    table("'=1+1").map((row) => row.map((cell) => (/^[0-9.]+$/.test(cell) ? Number(cell).toFixed(2) : cell))),
  )
})
