// The sounds of Chinese characters without a dictionary: browsers sort characters by pinyin, so the first character of each
// syllable, in that order, is enough to find the syllable of any other. Characters with more than one sound are listed.

/** Syllables with their first characters, in the browser's order. */
const table =
  'a吖ai哎an安ang肮ao凹ba丷bai挀ban扳bang邦bao勹bei卑ben奔beng伻bi屄bian边biao灬bie憋bin汃bing冫bo癶bu峬ca嚓cai偲can参cang仓' +
  'cao撡ce冊cen嵾ceng曽cha叉chai芆chan辿chang伥chao抄che车chen抻cheng阷chi吃chong充chou抽chu出chuai揣chuan踹chuang刅ch' +
  'ui吹chun旾chuo逴ci呲cong匆cou凑cu粗cuan汆cui崔cun邨cuo搓da咑dai呆dan丹dang当dao刀de嘚den扥deng灯di氐dian敁diao刁die爹di' +
  'ng丁diu丟dong东dou吺du厾duan耑dui垖dun吨duo多e妸ei诶en奀eng鞥er儿fa发fan帆fang匚fei飞fen分feng丰fiao覅fo仏fou紑fu夫ga旮ga' +
  'i侅gan甘gang冈gao皋ge戈gen根geng刯gong工gou勾gu估gua瓜guai乖guan关guang光gui归gun丨guo呙ha哈hai咍han佄hang夯hao茠he诃he' +
  'i黒hen拫heng亨hong叿hou齁hu乎hua花huai怀huan欢huang巟hui灰hun昏huo吙ji丌jia加jian戋jiang江jiao艽jie阶jin巾jing坕jiong' +
  '冂jiu丩ju凥juan姢jue噘jun军ka咔kai开kan刊kang忼kao尻ke匼ken肎keng劥kong空kou抠ku扝kua夸kuai蒯kuan宽kuang匡kui亏kun坤kuo' +
  '扩la垃lai来lan兰lang啷lao捞le仂lei勒leng崚li哩lian奁liang良liao撩lie毟lin拎ling伶liu溜lo囖long龙lou瞜lu噜lv驴luan娈lun抡' +
  'luo啰ma妈mai埋man嫚mang牤mao猫me嚒mei呅men椚meng擝mi咪mian宀miao喵mie乜min民ming名miu谬mo摸mou哞mu毪na拏nai腉nan囡nang囔' +
  'nao孬ne疒nei娞nen恁ni妮nian拈niang娘niao鸟nie捏nin囜ning宁niu妞nong农nou羺nu奴nv女nuan奻nun黁nuo郍ou讴pa妑pai拍pan眅pan' +
  'g乓pao抛pei呸pen喷peng匉pi丕pian囨piao剽pie氕pin姘ping聘po钋pou剖pu仆qi七qia掐qian千qiang呛qiao悄qie苆qin亲qing靑qiong' +
  '卭qiu丘qu区quan奍que炔qun夋ran呥rang穣rao娆re惹ren人reng扔ri日rong戎rou厹ru邚ruan堧rui婑run瞤ruo捼sa仨sai毢san三sang桒sa' +
  'o掻se閪sen森seng僧sha杀shai筛shan山shang伤shao弰she奢shen申sheng升shi尸shou収shu书shua刷shuai衰shuan闩shuang双shui脽' +
  'shun吮shuo说si厶song忪sou凁su苏suan狻sui夊sun孙suo唆ta他tai囼tan坍tang汤tao夲te忑teng熥ti剔tian天tiao旫tie帖ting厅tong' +
  '囲tou偷tu凸tuan湍tui推tun吞tuo乇wa屲wai歪wan弯wang尢wei危wen昷weng翁wo挝wu乌xi夕xia呷xian仙xiang乡xiao灱xie些xin心xing星' +
  'xiong凶xiu休xu吁xuan吅xue削xun坃ya丫yan恹yang央yao幺ye倻yi一yin囙ying应yo哟yong佣you优yu込yuan囦yue曰yun晕za帀zai災zan兂' +
  'zang匨zao傮ze则zei贼zen怎zeng増zha扎zhai夈zhan枬zhang张zhao佋zhe蜇zhen贞zheng凧zhi之zhong中zhou州zhu朱zhua抓zhuan专z' +
  'huang妆zhui隹zhun宒zhuo拙zi乲zong宗zou邹zu租zuan钻zui厜zun尊zuo嘬'

/** All sounds of characters that have several, or that the order misses. */
const several =
  '长chang,zhang 重chong,zhong 行xing,hang 会hui,kuai 单dan,shan 调diao,tiao 参can,shen 给gei 能neng 乐le,yue 传chuan,zhuan 率lv,shuai 量liang 应ying 数shu 藏cang,zang 处chu 更geng 还hai,huan 系xi,ji 都dou,du 差cha,chai 便bian,pian 降jiang,xiang 角jiao,jue 解jie 校xiao,jiao 曾ceng,zeng 谁shui,shei 略lve'

const order = new Intl.Collator('zh-u-co-pinyin')
const starts = [...table.matchAll(/([a-z]+)([^a-z])/g)].map(([, sound = '', first = '']) => ({
  sound,
  first,
}))
const known = new Map(
  several.split(' ').map((entry): [string, string[]] => [entry[0] ?? '', entry.slice(1).split(',')]),
)

/** The sounds of a character without tones; none if it is not Chinese. */
export function soundsOf(character: string): string[] {
  const found = known.get(character) ?? look(character)
  known.set(character, found)
  return found
}

function look(character: string): string[] {
  if (character < '\u4e00' || character > '\u9fff') return []
  let [low, high] = [0, starts.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (order.compare(starts[middle]?.first ?? '', character) <= 0) low = middle + 1
    else high = middle
  }
  const sound = starts[low - 1]?.sound
  return sound ? [sound] : []
}
