// Draws the scenarios of build/bench.sh as bars on a logarithmic axis, with what plain tools need as a line.
// node plot.mjs FOLDER-OF-PACKAGES <rows of scenario|name|milliseconds >plot.svg; the name "machine" is theirs.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const echarts = createRequire(join(process.argv[2], 'plot.js'))('echarts');
const COLORS = { stages: '#0b7285', buildx: '#adb5bd', docker: '#ced4da', buildah: '#dee2e6' };
const NAMES = { stages: 'ContainerStages', buildx: 'Docker 28 with buildx', docker: 'Docker 20.10', buildah: 'buildah' };

const rows = readFileSync(0, 'utf8').trim().split('\n').map(line => line.split('|'));
const scenarios = [...new Set(rows.map(row => row[0]))];
const peers = [...new Set(rows.map(row => row[1]))].filter(name => name !== 'machine');
const valuesOf = name => scenarios.map(scenario => Number(rows.find(row => row[0] === scenario && row[1] === name)?.[2] ?? NaN));
const least = Math.min(...rows.map(row => Number(row[2])));

const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: 1000, height: 90 + scenarios.length * (peers.length * 11 + 18) });
chart.setOption({
  animation: false,
  backgroundColor: '#ffffff',
  textStyle: { fontFamily: 'sans-serif' },
  legend: { top: 8, itemGap: 64, data: [...peers.map(peer => NAMES[peer]), 'plain tools'] },
  grid: { left: 330, right: 70, top: 44, bottom: 50 },
  xAxis: {
    type: 'log', min: 10 ** Math.floor(Math.log10(least / 2)), name: 'time', nameLocation: 'middle', nameGap: 24,
    axisLabel: { formatter: value => (value < 1000 ? `${value} ms` : `${value / 1000} s`) }, splitLine: { lineStyle: { color: '#f1f3f5' } },
  },
  yAxis: { type: 'category', inverse: true, data: scenarios, axisTick: { show: false } },
  series: [
    ...peers.map(peer => ({
      name: NAMES[peer], type: 'bar', barGap: '10%', barCategoryGap: '28%', itemStyle: { color: COLORS[peer] }, data: valuesOf(peer),
      label: { show: true, position: 'right', fontSize: 10, color: peer === 'stages' ? '#0b7285' : '#868e96', formatter: label => shown(label.value) },
    })),
    { name: 'plain tools', type: 'scatter', symbol: 'rect', symbolSize: [2, peers.length * 11 + 6], itemStyle: { color: '#c92a2a' }, data: valuesOf('machine') },
  ],
});
process.stdout.write(chart.renderToSVGString());
// Its clock would keep the process.
chart.dispose();

function shown(milliseconds) {
  if (Number.isNaN(milliseconds)) return '';
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}
