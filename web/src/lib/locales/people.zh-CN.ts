// 简体中文：销售区域、队列。security.zh-CN.ts 的一部分，随需要它的页面载入。
export const people = {
  territories: {
    title: '销售区域',
    intro:
      '区域组成一棵树。共享规则把符合条件的记录开放给一个区域，例如“省份是上海”的客户开放给“上海”；区域的成员也能看到和处理下级区域的记录。',
    add: '新建区域',
    addBelow: '新建下级区域',
    show: '“{{name}}”的成员与规则',
    members: '成员',
    membersOf: '“{{name}}”的成员',
    rules: '共享规则',
    ruleCount_other: '{{count}} 条规则',
    rulesOf: '“{{name}}”的共享规则',
    noRules: '还没有规则把记录开放给这个区域。',
    addRule: '添加共享规则',
    removeRule: '移除规则“{{name}}”？',
    removeRuleWhy: '“{{name}}”及其上级区域的成员将不再因此规则看到记录。',
    removeFromRule: '“{{name}}”及其上级区域的成员将不再因此规则看到记录；规则对其他人仍然有效。',
    remove: '移除',
    deleteTitle: '删除区域“{{name}}”？',
    deleteWhy: '它的下级区域变为最高一级，开放给它的记录，其成员将不再因此看到。',
    deleteRules:
      '还有 {{count}} 条共享规则用到它：请先移除这些规则，否则相应对象的共享设置要先去掉它才能保存。',
    empty: '还没有销售区域',
    emptyWhy: '例如“华东”，下面有“上海”、“江苏”、“浙江”；再添加成员和共享规则。',
  },
}
