/* From a message of the service to what is shown. All text goes in as text, never as markup. */
(function () {
  'use strict';
  const luebao = window.luebao;
  const PHONE = '5190857';
  const REASONS = ['过期', '不相关', '不完整', '看不懂'];
  const SVG = 'http://www.w3.org/2000/svg';

  /** An element with a class, a text, and children. */
  function el(tag, name, text, ...children) {
    const element = document.createElement(tag);
    if (name) element.className = name;
    if (text) element.textContent = text;
    for (const child of children) element.appendChild(child);
    return element;
  }

  function icon(name) {
    const svg = document.createElementNS(SVG, 'svg');
    const use = document.createElementNS(SVG, 'use');
    svg.setAttribute('class', 'i');
    svg.setAttribute('aria-hidden', 'true');
    use.setAttributeNS('http://www.w3.org/1999/xlink', 'xlink:href', '#i-' + name);
    svg.appendChild(use);
    return svg;
  }

  function button(name, text, does, picture) {
    const element = el('button', name);
    element.type = 'button';
    if (picture) element.appendChild(icon(picture));
    element.appendChild(el('span', '', text));
    element.addEventListener('click', does);
    return element;
  }

  /** Put text into an element: line breaks kept, the phone number made to be tapped. */
  function write(element, text) {
    text.split(PHONE).forEach((part, number) => {
      if (number) {
        const link = el('a', '', PHONE);
        link.href = 'tel:' + PHONE;
        element.appendChild(link);
      }
      if (part) element.appendChild(document.createTextNode(part));
    });
    return element;
  }

  /** What one line of an answer is, given the block before it in its paragraph and the heading over it. */
  function lineOf(line, last, heading) {
    const item = /^\d+\. (.*)$/.exec(line);
    const marked = /^【(.+?)】(.*)$/.exec(line);
    if (item && last && last.items) return last.items.push(item[1]) && [];
    if (item) return [{ kind: heading ? 'steps' : 'list', label: heading, items: [item[1]] }];
    if (marked && /^\d+$/.test(marked[1])) return [{ kind: 'section', label: marked[1] }, { kind: 'p', text: marked[2] }];
    if (marked) return [{ kind: 'row', label: marked[1], text: marked[2] }];
    if (last && last.kind === 'p') return (last.text += '\n' + line) && [];
    return [{ kind: /^提示：/.test(line) ? 'note' : 'p', text: line }];
  }

  function paragraph(text) {
    const places = /^办理渠道：(.+?)。?$/.exec(text);
    if (places) return [{ kind: 'places', label: '办理渠道', items: places[1].split('、') }];
    const steps = /^(办理步骤)：\n/.exec(text);
    const blocks = [];
    for (const line of text.slice(steps ? steps[0].length : 0).split('\n')) {
      if (line.trim()) blocks.push(...lineOf(line, blocks[blocks.length - 1], steps ? steps[1] : ''));
    }
    return blocks;
  }

  /** The blocks of an answer in their order: {kind: p | note | list | steps | section | row | places, label, text, items}. */
  function blocksOf(full) {
    return full.split(/\n\s*\n/).reduce((blocks, text) => blocks.concat(paragraph(text)), []);
  }

  function listOf(tag, block) {
    const list = el(tag, block.kind === 'places' ? 'places' : 'items');
    block.items.forEach((item) => list.appendChild(write(el('li'), item)));
    return list;
  }

  const DRAW = {
    p: (block) => write(el('p'), block.text),
    note: (block) => write(el('p', 'note'), block.text),
    list: (block) => listOf('ol', block),
    steps: (block) => el('div', 'steps', '', el('p', 'label', block.label), listOf('ol', block)),
    places: (block) => el('div', 'where', '', el('p', 'label', block.label), listOf('ul', block)),
    row: (block) => el('div', 'row', '', el('p', 'label', block.label), write(el('p'), block.text)),
  };

  /** The heading of a card, with the year where it rests on the 2021 documents alone. */
  function heading(title, dated) {
    const head = el('h3', '', title);
    if (dated) head.appendChild(el('span', 'badge', '2021年'));
    return head;
  }

  /** The text of an answer: each of several questions under its own title, a guide's card under its first line. */
  function body(full, entries) {
    const part = el('div', 'body');
    const blocks = blocksOf(full);
    const several = blocks.some((block) => block.kind === 'section');
    const titled = blocks[1] && blocks[1].kind === 'row' && blocks[0].kind === 'p';
    if (titled) part.appendChild(heading(blocks.shift().text, entries.length && entries.every((entry) => entry.dated)));
    else if (entries.length === 1 && !several) part.appendChild(heading(entries[0].title, entries[0].dated));
    for (const block of blocks) {
      if (block.kind !== 'section') part.appendChild(DRAW[block.kind](block));
      else part.appendChild(sectionHeading(entries, block));
    }
    return part;
  }

  function sectionHeading(entries, block) {
    const entry = entries[Number(block.label) - 1];
    return entry ? heading(entry.title, entry.dated) : el('h3', '', '第' + block.label + '个问题');
  }

  /** Where the answer comes from, folded. */
  function sources(custom) {
    const list = el('ul');
    custom.citation.forEach((source) => list.appendChild(el('li', '', source)));
    const summary = el('summary', '', '查看依据');
    if (custom.entries.length > 1) {
      for (const entry of custom.entries) {
        if (entry.dated) list.appendChild(el('li', '', '“' + entry.title + '”是2021年的规定'));
      }
    }
    return el('details', 'sources', '', summary, list);
  }

  function options(custom, choose) {
    const asks = custom.kind === 'ask' || custom.kind === 'clarify';
    const list = el('ol', 'options');
    custom.options.forEach((option, index) => {
      const one = button(asks ? 'option asks' : 'option', option.title, () => choose(option));
      one.insertBefore(el('b', '', String(index + 1)), one.firstChild);
      one.appendChild(icon('next'));
      list.appendChild(el('li', '', '', one));
    });
    const title = asks ? '请选一个，也可以直接说' : '您可能还想了解';
    return el('div', 'more', '', el('p', 'label', title), list);
  }

  /** The big button that calls the hotline. */
  function callCard() {
    const link = el('a', 'call-big', '', icon('phone'), el('span', '', '拨打 ' + PHONE));
    link.href = 'tel:' + PHONE;
    return link;
  }

  /** What is copied: the answer and where it comes from. */
  function copyText(message) {
    const custom = message.custom;
    if (!custom) return message.text;
    const from = custom.citation.length ? '\n\n依据：' + custom.citation.join('；') : '';
    return custom.full + from + '\n\n鲁e宝（威海医保），咨询电话' + PHONE;
  }

  /** Copy, 满意, 不满意 with a reason. `does`: copy(text) and rate(id, good, reason), promises of true or false. */
  function tools(message, does) {
    const said = el('span', 'said');
    said.setAttribute('role', 'status');
    const reasons = el('div', 'reasons', '', el('p', '', '哪里不好？'));
    reasons.hidden = true;
    const rate = async (good, reason) => {
      if (!(await does.rate(message.id, good, reason))) said.textContent = '没记上，请再点一次';
      else {
        said.textContent = good ? '谢谢，已记下' : '谢谢指出，我们会改';
        reasons.hidden = true;
        [yes, no].forEach((one) => one.setAttribute('aria-pressed', String(one === (good ? yes : no))));
      }
    };
    const copy = button('', '复制', async () => {
      said.textContent = (await does.copy(copyText(message))) ? '已复制' : '没复制上，请长按文字复制';
    }, 'copy');
    const yes = button('', '满意', () => rate(true, ''), 'good');
    const no = button('', '不满意', () => {
      reasons.hidden = !reasons.hidden;
      no.setAttribute('aria-expanded', String(!reasons.hidden));
    }, 'bad');
    no.setAttribute('aria-expanded', 'false');
    for (const reason of REASONS) reasons.appendChild(button('reason', reason, () => rate(false, reason)));
    const rated = does.rated(message.id);
    [yes, no].forEach((one) => one.setAttribute('aria-pressed', String(rated === (one === yes))));
    return el('div', 'tools', '', el('div', 'tool-row', '', copy, yes, no, said), reasons);
  }

  /** The card of one message from the robot, the staff or the system. */
  luebao.card = function (message, does) {
    const custom = message.custom;
    const who = message.from === 'human' ? '工作人员' : message.from === 'system' ? '提示' : '鲁e宝';
    const card = el('article', 'card from-' + message.from);
    card.setAttribute('aria-label', who + '的回复');
    if (message.from === 'human') card.appendChild(el('p', 'who', who));
    card.appendChild(body(custom ? custom.full : message.text, custom ? custom.entries : []));
    if (!custom) return card;
    if (custom.handoff) card.appendChild(callCard());
    if (custom.citation.length) card.appendChild(sources(custom));
    if (custom.options.length) card.appendChild(options(custom, does.choose));
    if (custom.kind === 'answer' || custom.kind === 'unsupported') card.appendChild(tools(message, does));
    return card;
  };

  Object.assign(luebao, { el, button });
})();
