// Runs in the reader's browser: draws the plots of every scenario from the data in the page. Its only dependency, uPlot, stands above it in the same file.
'use strict';
{
  const all = JSON.parse(document.getElementById('plots').textContent);
  const height = 230;
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
  const exact = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
  const shown = (value) => (value === null || value === undefined ? '–' : exact.format(value));

  const drawBands = (bands) => (plot) => {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    for (const [index, { kind, from, to }] of bands.entries()) {
      const left = plot.valToPos(from, 'x', true);
      const right = plot.valToPos(to, 'x', true);
      ctx.fillStyle = colour(`band-${kind}`);
      ctx.fillRect(left, bbox.top, right - left, bbox.height);
      ctx.fillStyle = colour('plot-grid');
      if (index > 0) ctx.fillRect(left, bbox.top, devicePixelRatio, bbox.height);
    }
    ctx.restore();
  };

  /** Above the grid and the lines; a name that does not fit its phase is left out. */
  const drawNames = (bands) => (plot) => {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
    ctx.textBaseline = 'top';
    ctx.textAlign = 'left';
    for (const { name, from, to } of bands) {
      const left = plot.valToPos(from, 'x', true) + 3 * devicePixelRatio;
      const room = plot.valToPos(to, 'x', true) - left - 6 * devicePixelRatio;
      const { width } = ctx.measureText(name);
      if (width > room) continue;
      ctx.fillStyle = colour('card');
      ctx.fillRect(left, bbox.top + 2 * devicePixelRatio, width + 4 * devicePixelRatio, 14 * devicePixelRatio);
      ctx.fillStyle = colour('plot-axis');
      ctx.fillText(name, left + 2 * devicePixelRatio, bbox.top + 4 * devicePixelRatio);
    }
    ctx.restore();
  };

  const drawMarks = (marks) => (plot) => {
    const { ctx, bbox } = plot;
    const unit = devicePixelRatio;
    ctx.save();
    for (const { number, from, to } of marks) {
      const left = plot.valToPos(from, 'x', true);
      const right = to === null ? bbox.left + bbox.width : plot.valToPos(to, 'x', true);
      const y = bbox.top + 32 * unit;
      ctx.strokeStyle = colour('mark');
      ctx.fillStyle = colour('mark');
      ctx.lineWidth = unit;
      ctx.setLineDash([3 * unit, 3 * unit]);
      ctx.beginPath();
      ctx.moveTo(left, bbox.top);
      ctx.lineTo(left, bbox.top + bbox.height);
      ctx.stroke();
      ctx.setLineDash([]);
      ctx.globalAlpha = 0.45;
      ctx.fillRect(left, y - 3 * unit, Math.max(2 * unit, right - left), 6 * unit);
      ctx.globalAlpha = 1;
      ctx.beginPath();
      ctx.arc(left, y, 8 * unit, 0, 2 * Math.PI);
      ctx.fill();
      ctx.fillStyle = colour('card');
      ctx.font = `bold ${11 * unit}px system-ui, sans-serif`;
      ctx.textAlign = 'center';
      ctx.textBaseline = 'middle';
      ctx.fillText(String(number), left, y + unit / 2);
    }
    ctx.restore();
  };

  const lineOf = ({ label, role, dashed, stepped }) => ({
    label,
    stroke: () => colour(`plot-${role}`),
    width: dashed ? 1.5 : 2,
    dash: dashed ? [6, 4] : undefined,
    alpha: role === 'planned' ? 0.8 : 1,
    paths: stepped ? uPlot.paths.stepped({ align: 1 }) : undefined,
    spanGaps: true,
    points: { show: false },
    value: (_plot, value) => shown(value),
  });

  const axis = {
    stroke: () => colour('plot-axis'),
    grid: { stroke: () => colour('plot-grid'), width: 1 },
    ticks: { stroke: () => colour('plot-grid'), width: 1 },
  };

  /** From 0, with room above for the names of phases; never flatter than 0 to 1. */
  const linear = { range: (_plot, _low, high) => [0, Math.max(1, (high ?? 0) * 1.3)] };
  const logarithmic = {
    distr: 3,
    range: (_plot, low, high) => [10 ** Math.floor(Math.log10(low || 1)), 10 ** Math.ceil(Math.log10((high || 10) * 2.5))],
  };

  const wholeSteps = Array.from({ length: 9 }, (_, power) => [1, 2, 5].map((step) => step * 10 ** power)).flat();

  const optionsOf = (scenario, plot, { bands, marks, until }, width) => ({
    width,
    height,
    series: [{ label: 'second', value: (_plot, value) => shown(value) }, ...plot.series.map(lineOf)],
    scales: { x: { time: false, range: [0, until] }, y: plot.logarithmic ? logarithmic : linear },
    axes: [
      { ...axis, values: (_plot, values) => values.map((value) => `${value} s`) },
      {
        ...axis,
        size: 54,
        incrs: plot.logarithmic ? undefined : wholeSteps,
        values: (_plot, values) => values.map((value) => (value === null ? '' : compact.format(value))),
      },
    ],
    legend: { markers: { width: 2, dash: (_plot, index) => (plot.series[index - 1]?.dashed ? 'dashed' : 'solid') } },
    cursor: { sync: { key: scenario }, drag: { x: false, y: false } },
    hooks: { drawClear: [drawBands(bands)], draw: [drawNames(bands), drawMarks(marks)] },
  });

  const drawn = [];
  for (const element of document.querySelectorAll('.plot')) {
    const { scenario, plot: id } = element.dataset;
    const data = all[scenario];
    const plot = data?.plots.find((each) => each.id === id);
    if (plot === undefined) continue;
    const width = () => Math.max(280, element.clientWidth);
    const chart = new uPlot(optionsOf(scenario, plot, data, width()), [plot.x, ...plot.series.map(({ values }) => values)], element);
    drawn.push({ chart, width });
  }
  const refit = () => {
    for (const { chart, width } of drawn) chart.setSize({ width: width(), height });
  };
  addEventListener('resize', refit);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', refit);
}
