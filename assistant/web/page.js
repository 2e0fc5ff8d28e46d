// What the page does without asking the server: copying, opening evidence, sections and sentences, keeping its address.
(() => {
  document.documentElement.lang = 'PAGE_LANGUAGE';
  const find = selector => document.querySelector(selector);

  const tell = text => {
    const told = find('#bsab-told');
    told.textContent = text;
    setTimeout(() => { told.textContent = ''; }, 2500);
  };

  const copy = async text => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Without https, or without the permission: the old way.
      const area = Object.assign(document.createElement('textarea'), {value: text});
      document.body.append(area);
      area.select();
      const done = document.execCommand('copy');
      area.remove();
      if (!done) return tell(find('#bsab-told').dataset.failed);
    }
    tell(find('#bsab-told').dataset.copied);
  };

  const open = target => {
    for (let part = target; part; part = part.parentElement) if (part.tagName === 'DETAILS') part.open = true;
    if (target.classList.contains('bsab-row')) toggle(target, true);
    target.scrollIntoView({block: 'center'});
    if (!target.hasAttribute('tabindex') && target.tagName !== 'DETAILS') target.tabIndex = -1;
    (target.tagName === 'DETAILS' ? target.querySelector('summary') : target).focus({preventScroll: true});
    document.querySelectorAll('.bsab-here').forEach(other => other.classList.remove('bsab-here'));
    target.classList.add('bsab-here');
  };

  const toggle = (row, shown) => {
    const sentence = find(`#sentence-${row.id.replace('result-', '')}`);
    sentence.hidden = shown === undefined ? !sentence.hidden : !shown;
    row.querySelector('.bsab-figure').setAttribute('aria-expanded', String(!sentence.hidden));
  };

  const read = async address => {
    const answer = await fetch(address);
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const section = page.querySelector('.bsab-section');
    if (!section) return;
    find('#bsab-dialog-body').replaceChildren(section);
    const dialog = find('#bsab-dialog');
    if (!dialog.open) dialog.showModal();
    const here = section.querySelector('#here');
    if (here) here.focus(); else dialog.scrollTop = 0;
    if (here) here.scrollIntoView({block: 'center'});
  };

  document.addEventListener('click', event => {
    const target = event.target;
    const button = target.closest('[data-act]');
    if (button && button.dataset.confirm && !confirm(button.dataset.confirm)) {
      event.stopImmediatePropagation();
      return;
    }
    if (button && button.dataset.act === 'copy') return void copy(button.dataset.text);
    if (button && button.dataset.act === 'link') return void copy(new URL(button.dataset.address, location.href).href);
    if (target.id === 'bsab-close' || target.id === 'bsab-dialog') return void find('#bsab-dialog').close();
    const link = target.closest('a');
    const plain = !event.ctrlKey && !event.metaKey && !event.shiftKey;
    if (link && link.classList.contains('bsab-read') && plain) {
      event.preventDefault();
      return void read(link.getAttribute('href'));
    }
    if (link && link.closest('#bsab-language')) {
      const open = new URLSearchParams(location.search);
      open.delete('to');
      if (String(open)) link.href = `${link.getAttribute('href').split('&')[0]}&${open}`;
      return;
    }
    const place = link && (link.getAttribute('href') || link.getAttribute('xlink:href') || '');
    if (place && place.startsWith('#') && find(`[id="${place.slice(1)}"]`)) {
      event.preventDefault();
      return void open(find(`[id="${place.slice(1)}"]`));
    }
    const row = target.closest('.bsab-row');
    if (row && !link && !(button && button !== target.closest('.bsab-figure'))) toggle(row);
  }, true);

  // Marks of the chart lead to their rows, like its labels.
  const watchChart = () => {
    const chart = find('#bsab-chart .js-plotly-plot');
    if (!chart || chart.dataset.watched || !chart.on) return;
    chart.dataset.watched = 'yes';
    chart.on('plotly_click', event => {
      const row = find(`#result-${event.points[0].customdata}`);
      if (row) open(row);
    });
  };

  // The address names the conversation on the screen, to be reloaded and bookmarked; what the server says is told.
  let lastTold = '';
  const keepAddress = () => {
    const here = find('#bsab-here [data-conversation]');
    if (!here) return;
    const address = new URL(location.href);
    const now = here.dataset.conversation;
    if (here.dataset.said && here.dataset.at !== lastTold) tell(here.dataset.said);
    lastTold = here.dataset.at;
    if ((address.searchParams.get('c') || '') === now && !address.searchParams.has('q')) return;
    address.searchParams.delete('q');
    if (now) address.searchParams.set('c', now); else address.searchParams.delete('c');
    history.replaceState(history.state, '', address);
  };

  const NAMED = [
    ['#bsab-side > button', 'side'],
    ['#bsab-chat .icon-button-wrapper button', 'new'],
    ['#bsab-chat [role=log]', 'conversation'],
    ['#bsab-chat [data-testid=user]', 'question'],
    ['#bsab-chat [data-testid=bot]', 'answer'],
  ];
  // Gradio names these in the browser's language, which need not be the page's.
  const nameButtons = () => {
    const told = find('#bsab-told');
    for (const [selector, name] of NAMED) {
      for (const part of told ? document.querySelectorAll(selector) : []) {
        if (part.getAttribute('aria-label') !== told.dataset[name]) part.setAttribute('aria-label', told.dataset[name]);
      }
    }
  };

  new MutationObserver(() => { watchChart(); keepAddress(); nameButtons(); })
    .observe(document.body, {childList: true, subtree: true, attributes: true, attributeFilter: ['data-conversation']});
})();
