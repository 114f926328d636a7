import { expect, it } from 'vitest'
import { fileKind, sizeText } from './files.ts'

it('says sizes as people do', () => {
  expect(sizeText(0, 'zh-CN')).toBe('0 B')
  expect(sizeText(1536, 'en')).toBe('1.5 KB')
  expect(sizeText(1536, 'de')).toBe('1,5 KB')
  expect(sizeText(5 * 1024 ** 2, 'zh-CN')).toBe('5 MB')
  expect(sizeText(3.25 * 1024 ** 3, 'en')).toBe('3.3 GB')
})

it('knows kinds by the name, else by the type', () => {
  const sheet = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
  expect(fileKind(sheet, 'x.xlsx')).toBe('sheet')
  expect(fileKind('application/vnd.openxmlformats-officedocument.wordprocessingml.document')).toBe('document')
  expect(fileKind('text/plain', '报价.csv')).toBe('sheet')
  expect(fileKind('text/csv')).toBe('sheet')
  expect(fileKind('text/plain; charset=utf-8')).toBe('text')
  expect(fileKind('application/pdf', '合同.pdf')).toBe('pdf')
  expect(fileKind('application/octet-stream', '录音.M4A')).toBe('audio')
  expect(fileKind('application/octet-stream', '图纸.dwg')).toBe('other')
})
