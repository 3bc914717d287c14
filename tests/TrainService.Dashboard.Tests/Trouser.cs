using Microsoft.Playwright;

namespace TrainService.Dashboard.Tests;

/// <summary>Drawn with the mouse, as a visitor would.</summary>
internal static class Trouser
{
    /// <summary>A waist, and two legs beside each other.</summary>
    public static async Task DrawAsync(IPage page)
    {
        await StrokeAsync(page, (0.38f, 0.1f), (0.62f, 0.1f), (0.62f, 0.2f), (0.38f, 0.2f), (0.38f, 0.92f), (0.42f, 0.92f), (0.42f, 0.2f));
        await StrokeAsync(page, (0.62f, 0.2f), (0.62f, 0.92f), (0.58f, 0.92f), (0.58f, 0.2f));
    }

    /// <param name="points">In shares of the pad's width and height.</param>
    public static async Task StrokeAsync(IPage page, params (float X, float Y)[] points)
    {
        ILocator pad = page.GetByLabel("Draw here");
        await pad.ScrollIntoViewIfNeededAsync();
        LocatorBoundingBoxResult box = (await pad.BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(box.X + (points[0].X * box.Width), box.Y + (points[0].Y * box.Height));
        await page.Mouse.DownAsync();
        foreach ((float x, float y) in points) await page.Mouse.MoveAsync(box.X + (x * box.Width), box.Y + (y * box.Height), new() { Steps = 8 });
        await page.Mouse.UpAsync();
    }
}
