namespace TrainService.Api.Tests.Support;

/// <summary>Waits for something that must come; the limit only ends a test that would never end.</summary>
internal static class Wait
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    public static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        DateTime end = DateTime.UtcNow + Limit;
        while (!await condition())
        {
            if (DateTime.UtcNow > end)
                throw new TimeoutException($"Waited in vain until {what}.");
            await Task.Delay(20);
        }
    }
}
