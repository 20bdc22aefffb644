// Draws how cost grows, a plot for each thing that grows, both axes from zero: a straight line is what is wanted.
// node growth.mjs FOLDER-OF-PACKAGES <rows of title|count|value|unit >growth.svg
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const echarts = createRequire(join(process.argv[2], 'plot.js'))('echarts');
const rows = readFileSync(0, 'utf8').trim().split('\n').map(line => line.split('|'));
const titles = [...new Set(rows.map(row => row[0]))];
const COLUMNS = 3, WIDTH = 320, HEIGHT = 230;
const place = index => ({ left: (index % COLUMNS) * WIDTH, top: Math.floor(index / COLUMNS) * HEIGHT });

const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: COLUMNS * WIDTH, height: Math.ceil(titles.length / COLUMNS) * HEIGHT });
chart.setOption({
  animation: false,
  backgroundColor: '#ffffff',
  textStyle: { fontFamily: 'sans-serif' },
  title: titles.map((text, index) => ({ text, textStyle: { fontSize: 12, fontWeight: 'normal' }, left: place(index).left + 16, top: place(index).top + 8 })),
  grid: titles.map((_, index) => ({ left: place(index).left + 64, top: place(index).top + 40, width: WIDTH - 96, height: HEIGHT - 80 })),
  xAxis: titles.map((_, gridIndex) => ({ gridIndex, type: 'value', min: 0, splitNumber: 3, splitLine: { show: false } })),
  yAxis: titles.map((title, gridIndex) => ({
    gridIndex, type: 'value', min: 0, splitNumber: 4,
    axisLabel: { formatter: `{value} ${rows.find(row => row[0] === title)[3]}` }, splitLine: { lineStyle: { color: '#f1f3f5' } },
  })),
  series: titles.map((title, index) => ({
    type: 'line', xAxisIndex: index, yAxisIndex: index, symbolSize: 7, lineStyle: { color: '#0b7285' }, itemStyle: { color: '#0b7285' },
    data: rows.filter(row => row[0] === title).map(row => [Number(row[1]), Number(row[2])]),
  })),
});
process.stdout.write(chart.renderToSVGString());
// Its clock would keep the process.
chart.dispose();
