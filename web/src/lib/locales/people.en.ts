// English: territories, queues. Part of security.en.ts, loaded with the pages that need it.
export const people = {
  territories: {
    title: 'Territories',
    intro:
      'Territories form a tree. Sharing rules open the records that meet a condition to a territory, such as accounts whose province is Shanghai to “Shanghai”; members of a territory also have what is in the territories below it.',
    add: 'New territory',
    addBelow: 'New territory below',
    show: 'Members and rules of “{{name}}”',
    members: 'Members',
    membersOf: 'Members of “{{name}}”',
    rules: 'Sharing rules',
    ruleCount_one: '{{count}} rule',
    ruleCount_other: '{{count}} rules',
    rulesOf: 'Sharing rules of “{{name}}”',
    noRules: 'No rule opens records to this territory yet.',
    addRule: 'Add a sharing rule',
    removeRule: 'Remove the rule “{{name}}”?',
    removeRuleWhy:
      'Members of “{{name}}” and of the territories above it no longer see records by this rule.',
    removeFromRule:
      'Members of “{{name}}” and of the territories above it no longer see records by this rule; for others it still holds.',
    remove: 'Remove',
    deleteTitle: 'Delete the territory “{{name}}”?',
    deleteWhy:
      'The territories below it move to the top, and its members no longer see the records that were open to it.',
    deleteRules:
      'Sharing rules that name it: {{count}}. Remove them first: without that, the sharing of those objects cannot be saved until it is taken out.',
    empty: 'No territories yet',
    emptyWhy:
      'Such as “East” with “Shanghai”, “Jiangsu” and “Zhejiang” below it; then add members and sharing rules.',
  },
  queues: {
    title: 'Queues',
    intro:
      'A queue owns records as a person does, but cannot sign in. Those who serve it see, edit and take its records as their own; what is taken belongs to who took it.',
    add: 'New queue',
    edit: 'Change the queue “{{name}}”',
    delete: 'Delete the queue “{{name}}”',
    server: 'Served by',
    serverHint: 'A team, position, public group or user; a team or a position stands for those below it too.',
    servedBy: 'Served by {{name}} ({{kind}})',
    needServer: 'Choose who serves it',
    made: 'Queue “{{name}}” made',
    changed: 'Queue “{{name}}” changed',
    deleteTitle: 'Delete the queue “{{name}}”?',
    deleteWhy: 'It can be deleted only while no records are in it.',
    empty: 'No queues yet',
    emptyWhy: 'Such as “New leads”: they wait there until somebody of the sales team takes them.',
  },
}
