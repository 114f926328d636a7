// Both languages have the same keys (plural endings aside), the same placeholders, and no empty text by accident.
import { expect, it } from 'vitest'
import en from './en.ts'
import securityEn from './security.en.ts'
import securityZh from './security.zh-CN.ts'
import zh from './zh-CN.ts'

type Texts = { [key: string]: string | Texts }

function flatten(texts: Texts, prefix = ''): Map<string, string> {
  const result = new Map<string, string>()
  for (const [key, value] of Object.entries(texts)) {
    const name = prefix + key.replace(/_(one|other)$/, '')
    if (typeof value === 'string') result.set(name, value)
    else for (const [inner, text] of flatten(value, `${name}.`)) result.set(inner, text)
  }
  return result
}

const placeholders = (text: string) => [...text.matchAll(/{{(\w+)}}/g)].map((match) => match[1]).sort()

it('has the same keys and placeholders in both languages', () => {
  for (const [chinese, english] of [
    [zh, en],
    [securityZh, securityEn],
  ]) {
    const [left, right] = [flatten(chinese as Texts), flatten(english as Texts)]
    expect([...left.keys()].sort()).toEqual([...right.keys()].sort())
    for (const [key, text] of left)
      expect(placeholders(text), key).toEqual(placeholders(right.get(key) ?? ''))
  }
})
