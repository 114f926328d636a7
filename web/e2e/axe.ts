// axe-core in the page under test: WCAG A and AA, every rule.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

interface Violation {
  id: string
  nodes: Array<{ target: unknown; failureSummary?: string }>
}

const wcag = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

/** Those rules alone that another theme can break. */
export const colours = { type: 'rule', values: ['color-contrast', 'link-in-text-block'] }

/** What axe finds wrong, one line each; empty when all is well. */
export async function violations(page: Page, rules: typeof colours | string[] = wcag): Promise<string[]> {
  // Once for each document: going about in the application keeps it.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(source)
  const found = await page.evaluate(async (runOnly) => {
    const { axe } = window as unknown as {
      axe: { run: (options: unknown) => Promise<{ violations: Violation[] }> }
    }
    const { violations } = await axe.run({ runOnly })
    return violations.map(({ id, nodes }) => ({
      id,
      nodes: nodes.map(({ target, failureSummary }) => ({ target: String(target), failureSummary })),
    }))
  }, rules)
  return found.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.target} – ${node.failureSummary}`),
  )
}
