import { expect, it } from 'vitest'
import { ApiError } from './problem.ts'

const errors = [
  { field: 'employees', message: '不能超过 100', code: 'max' },
  { field: 'name', message: '请填写客户名称', code: 'required' },
]
const detail = '请检查填写的内容：employees: 不能超过 100; name: 请填写客户名称'
const refused = new ApiError(422, {
  title: '无法保存',
  status: 422,
  code: 'validation',
  detail,
  errors,
} as never)

it('names the fields of a refusal as the user knows them, each once', () => {
  const labels = new Map([
    ['employees', '员工人数'],
    ['name', '客户名称'],
  ])
  expect(refused.explain(labels, '：')).toBe('员工人数：不能超过 100 · 请填写客户名称')
})

it('says all that the server said where the fields are not known', () => {
  expect(refused.message).toBe(detail)
  expect(refused.explain(new Map(), '：')).toBe(detail)
})
