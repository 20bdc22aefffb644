// Opens a report in Chromium, uses it as a person would, and writes what was seen as JSON.
//   node browse.mjs PLAYWRIGHT CHROMIUM REPORT [WORD] [PICTURE]
//     PLAYWRIGHT: folder of the package playwright-core   CHROMIUM: empty for the browser in artifacts/tools/browsers   WORD: typed into the filter   PICTURE: file for a picture of the page
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const [playwright, executablePath, report, word, picture] = process.argv.slice(2);
if (!executablePath) process.env.PLAYWRIGHT_BROWSERS_PATH ??= path.resolve(playwright, '../../../tools/browsers');
const { chromium } = (await import(pathToFileURL(path.join(playwright, 'index.js')))).default;
const browser = await chromium.launch({ ...(executablePath ? { executablePath } : {}), args: ['--no-sandbox'] });
const address = pathToFileURL(report).href;
const seen = { messages: [], requests: [] };
try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, colorScheme: 'light' });
    page.setDefaultTimeout(10_000);
    page.on('console', message => seen.messages.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', error => seen.messages.push(`error: ${error.message}`));
    page.on('request', request => { if (request.url() !== address && !request.url().startsWith('blob:')) seen.requests.push(request.url()); });
    page.on('dialog', dialog => { seen.messages.push(`dialog: ${dialog.message()}`); void dialog.dismiss(); });

    // Of the page's own thread: what else the machine does meanwhile says nothing about the page.
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    await page.goto(address);
    await page.waitForSelector('body[data-ready]');
    await page.waitForSelector('.treemap canvas');
    const { metrics } = await session.send('Performance.getMetrics');
    seen.milliseconds = Math.round(1000 * metrics.find(metric => metric.name === 'TaskDuration').value);
    seen.title = await page.title();
    seen.headings = await page.locator('h2').allTextContents();
    seen.light = await ground(page);
    if (picture) await page.screenshot({ path: picture });
    await page.emulateMedia({ colorScheme: 'dark' });
    seen.dark = await ground(page);
    await page.emulateMedia({ colorScheme: 'light' });

    // By mouse into the largest tile, by keyboard back and into the first layer.
    const drawing = page.locator('.treemap');
    const box = await drawing.boundingBox();
    await drawing.click({ position: { x: 20, y: box.height - 20 } });
    seen.afterClick = await trail(page);
    await page.locator('nav button').first().focus();
    await page.keyboard.press('Enter');
    seen.afterBack = await trail(page);
    await page.locator('.list button').first().focus();
    await page.keyboard.press('Enter');
    seen.layer = await trail(page);
    seen.inLayer = await page.locator('.list tbody tr').allTextContents();

    seen.allFiles = await page.locator('#count').textContent();
    await page.fill('#filter', word ?? '');
    seen.filtered = await page.locator('#largest-files tbody tr td:nth-child(2)').allTextContents();
    seen.packages = await page.locator('#package-count').allTextContents();
    const platforms = page.locator('#platform option');
    seen.platforms = await platforms.allTextContents();
    if (seen.platforms.length > 1) {
        await page.selectOption('#platform', '1');
        seen.secondPlatform = await page.locator('.details dd').first().textContent();
    }

    await page.emulateMedia({ media: 'print' });
    seen.printedFilter = await page.locator('.filter').first().isVisible();
} catch (error) {
    console.error(seen);
    throw error;
} finally {
    await browser.close();
}

console.log(JSON.stringify(seen));

function ground(page) { return page.evaluate(() => getComputedStyle(document.body).backgroundColor); }

function trail(page) { return page.locator('nav > *').allTextContents(); }
