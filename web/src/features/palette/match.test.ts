import { describe, expect, it } from 'vitest'
import { score } from './match.ts'
import { soundsOf } from './pinyin.ts'

describe('pinyin', () => {
  it('knows the syllables of common characters', () => {
    const spelt = [...'新建客户商机线索联系人任务导出回收站退出登录旅绿设置'].map((item) => soundsOf(item)[0])
    expect(spelt.join(' ')).toBe(
      'xin jian ke hu shang ji xian suo lian xi ren ren wu dao chu hui shou zhan tui chu deng lu lv lv she zhi',
    )
  })

  it('knows more than one sound, and none of what is not Chinese', () => {
    expect(soundsOf('行')).toContain('hang')
    expect(soundsOf('长')).toEqual(expect.arrayContaining(['chang', 'zhang']))
    expect(soundsOf('a')).toEqual([])
  })
})

describe('score', () => {
  it.each([
    ['新建客户', 'xinjiankehu'],
    ['新建客户', 'xjkh'],
    ['新建客户', 'kehu'],
    ['新建客户', 'xjkeh'],
    ['新建客户', '客户'],
    ['Create account', 'ca'],
    ['Create account', 'acc'],
    ['移动到“赢单”', 'yingdan'],
    ['切换到 English', 'qh eng'],
  ])('finds %s by %s', (label, typed) => {
    expect(score(label, typed)).toBeGreaterThan(0)
  })

  it.each([
    ['新建客户', 'xinjianshangji'],
    ['新建客户', 'hk'],
    ['Create account', 'zz'],
  ])('does not find %s by %s', (label, typed) => {
    expect(score(label, typed)).toBe(0)
  })

  it('puts a beginning before a middle, and a label before its other names', () => {
    expect(score('客户', '客')).toBeGreaterThan(score('新建客户', '客'))
    expect(score('Export', 'export')).toBeGreaterThan(score('导出', 'export', 'export'))
    expect(score('导出', 'export', 'export')).toBeGreaterThan(0)
  })
})
