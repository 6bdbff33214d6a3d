'use strict';

// The list of rooms: searched, sorted and paged here, since a table of 50,000
// rows would make a browser stand still. Every text is set as text, never as
// markup.
(() => {
  const data = JSON.parse(document.getElementById('data').textContent);
  const [NUMBER, TITLE, KEY, TEAM, STATE, SPACE, NOTE, GROUP, ATTEMPTS, AT, TRACKING] = Array(11).keys();
  const PAGE = matchMedia('(max-width: 44rem)').matches ? 25 : 100;  // rows on a page of the list
  const PRINTED = 1000; // rows on paper at most
  const byId = (id) => document.getElementById(id);
  const number = new Intl.NumberFormat('en');
  const count = (n) => number.format(n);
  const rooms = (n) => count(n) + (n === 1 ? ' room' : ' rooms');
  const when = (seconds) => seconds ? new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ') : '';
  const note = (room) => room[NOTE] < 0 ? '' : data.notes[room[NOTE]];
  const team = (room) => room[TEAM] < 0 ? '' : data.teams[room[TEAM]];

  let found = data.rooms;
  let page = 0;
  let group = -1;
  let sorted = 'row';
  let descending = false;

  // Searching. What is searched in is put together when a search first needs it.
  let haystacks;
  const haystack = (room) => [
    room[NUMBER], count(room[NUMBER]), room[TITLE], room[KEY], team(room), data.states[room[STATE]], room[SPACE],
    note(room), room[TRACKING],
  ].join('\n').normalize().toLowerCase();

  const time = /^(?:\d{4}-\d\d(?:-\d\d)?|\d\d:\d\d(?::\d\d)?)$/; // as the list shows it; a year alone is rather a title's
  const holds = (room, word) => haystacks.get(room).includes(word) || time.test(word) && when(room[AT]).includes(word);

  function filter() {
    const words = byId('search').value.normalize().toLowerCase().split(/\s+/).filter(Boolean);
    const state = byId('state').value;
    if (words.length && !haystacks) haystacks = new Map(data.rooms.map((room) => [room, haystack(room)]));
    found = data.rooms.filter((room) =>
      (state === '' || room[STATE] === Number(state)) &&
      (group < 0 || room[GROUP] === group) &&
      words.every((word) => holds(room, word)));
    page = 0;
    show();
  }

  // Sorting. The whole list is sorted, so that a search keeps the order.
  const collator = new Intl.Collator(undefined, { numeric: true });
  const place = new Map(data.rooms.map((room, i) => [room, i]));
  const text = (get) => (a, b) => {
    const x = get(a), y = get(b);
    return x === y ? 0 : x === '' ? 1 : y === '' ? -1 : collator.compare(x, y); // what is empty comes last
  };
  const orders = {
    row: () => 0,
    title: text((room) => room[TITLE]),
    key: text((room) => room[KEY]),
    state: (a, b) => a[STATE] - b[STATE],
    note: text(note),
    at: (a, b) => (a[AT] || Infinity) - (b[AT] || Infinity) || 0,
  };

  function sort(column) {
    descending = column === sorted && !descending;
    sorted = column;
    const sign = descending ? -1 : 1;
    data.rooms.sort((a, b) => sign * (orders[column](a, b) || place.get(a) - place.get(b)));
    for (const th of document.querySelectorAll('th[data-sort]')) {
      if (th.dataset.sort === column) th.setAttribute('aria-sort', descending ? 'descending' : 'ascending');
      else th.removeAttribute('aria-sort');
    }
    filter();
  }

  // Showing.
  function cell(row, name, ...content) {
    const td = document.createElement('td');
    td.setAttribute('role', 'cell');
    td.className = name;
    td.append(...content.filter((part) => part !== ''));
    row.append(td);
    return td;
  }

  function isolated(tag, content) { // from its neighbours' direction of writing
    const element = document.createElement(tag);
    element.dir = 'auto';
    element.textContent = content;
    return element;
  }

  function line(room) {
    const row = document.createElement('tr');
    row.setAttribute('role', 'row');
    row.className = data.classes[room[STATE]];
    cell(row, 'row', room[NUMBER] ? count(room[NUMBER]) : '');
    const title = isolated(room[SPACE] ? 'a' : 'bdi', room[TITLE]);
    if (room[SPACE]) title.href = data.link + encodeURIComponent(room[SPACE]);
    const td = cell(row, 'room', title);
    if (team(room)) {
      const small = document.createElement('small');
      small.textContent = 'team ' + (team(room).length > 12 ? team(room).slice(0, 8) + '…' : team(room));
      small.title = team(room);
      td.append(small);
    }
    if (data.keys) cell(row, 'key', room[KEY] ? isolated('bdi', room[KEY]) : '');
    cell(row, 'state', data.states[room[STATE]]);
    const happened = cell(row, 'note', note(room) ? isolated('bdi', note(room)) : '');
    if (room[TRACKING]) {
      const small = document.createElement('small');
      small.textContent = 'tracking id ' + room[TRACKING];
      happened.append(small);
    }
    cell(row, 'at', when(room[AT]));
    return row;
  }

  function fill(shown) {
    const fragment = document.createDocumentFragment();
    for (const room of shown) fragment.append(line(room));
    byId('rows').replaceChildren(fragment);
  }

  function show() {
    const pages = Math.max(Math.ceil(found.length / PAGE), 1);
    fill(found.slice(page * PAGE, (page + 1) * PAGE));
    byId('found').textContent = found.length === data.rooms.length
      ? rooms(found.length) : count(found.length) + ' of ' + rooms(data.rooms.length);
    byId('where').textContent = 'Page ' + count(page + 1) + ' of ' + count(pages);
    byId('previous').setAttribute('aria-disabled', page === 0); // and not disabled, which would take the focus away
    byId('following').setAttribute('aria-disabled', page === pages - 1);
    document.querySelector('.pager').hidden = pages === 1;
    byId('unprinted').textContent = '';
  }

  function turn(button, by) {
    if (button.getAttribute('aria-disabled') === 'true') return;
    page += by;
    show();
    byId('rooms').scrollIntoView();
  }

  // Causes: a button beside each shows its rooms, another one all rooms again.
  function choose(id) {
    group = id;
    byId('cause').hidden = id < 0;
    byId('cause').textContent = id < 0 ? '' : '✕ Only: ' + data.causes[id];
    byId('search').value = '';
    byId('state').value = '';
    filter();
  }

  for (const button of document.querySelectorAll('button[data-group]')) {
    button.hidden = false;
    button.addEventListener('click', () => {
      choose(Number(button.dataset.group));
      byId('rooms').scrollIntoView();
      byId('cause').focus({ preventScroll: true });
    });
  }
  byId('cause').addEventListener('click', () => {
    choose(-1);
    byId('search').focus();
  });
  for (const th of document.querySelectorAll('th[data-sort]')) {
    th.querySelector('button').addEventListener('click', () => sort(th.dataset.sort));
  }
  if (!data.keys) document.querySelector('th.key').remove();
  let typing;
  byId('search').addEventListener('input', () => {
    clearTimeout(typing);
    typing = setTimeout(filter, 120);
  });
  byId('state').addEventListener('change', filter);
  byId('previous').addEventListener('click', (event) => turn(event.currentTarget, -1));
  byId('following').addEventListener('click', (event) => turn(event.currentTarget, +1));

  // Paper has every row without a room, and every room up to a limit.
  let shut = [];
  addEventListener('beforeprint', () => {
    shut = [...document.querySelectorAll('details:not([open])')];
    for (const details of shut) details.open = true;
    const left = found.length - PRINTED;
    const urgency = (room) => data.lacking[room[STATE]] ? room[STATE] : data.states.length; // failed rows first
    const first = left > 0 ? [...found].sort((a, b) => urgency(a) - urgency(b)) : found;
    fill(first.slice(0, PRINTED));
    byId('unprinted').textContent = left > 0
      ? 'and ' + count(left) + ' more; those without a room come first, and the results file has every row' : '';
  });
  addEventListener('afterprint', () => {
    for (const details of shut) details.open = false;
    show();
  });

  byId('list').hidden = false;
  document.querySelector('th[data-sort="row"]').setAttribute('aria-sort', 'ascending');
  show();
})();
