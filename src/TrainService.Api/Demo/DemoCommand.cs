using Microsoft.Extensions.Options;
using TrainService.Api.Hosting;
using TrainService.Api.Keys;
using TrainService.Data;
using TrainService.Data.Fashion;

namespace TrainService.Api.Demo;

/// <summary>Has the data at hand, runs the demo against the service that has just started, says where to go on.</summary>
internal static class DemoCommand
{
    /// <returns>True when the network was trained.</returns>
    public static async Task<bool> RunAsync(WebApplication app, CancellationToken ct)
    {
        string address = ServiceHost.Address(app);
        TextWriter output = Console.Out;
        bool terminal = !Console.IsOutputRedirected;
        output.WriteLine($"TrainService serves on {address}");
        try
        {
            var progress = new LocateLine(output, terminal);
            LocateResult located = await FashionMnist.LocateAsync(app.Services.GetRequiredService<DatasetLibrary>().FashionMnist, progress, ct);
            progress.End();
            output.WriteLine(located.Found ? $"Fashion-MNIST: {located.Folder} ({located.How})"
                : $"{located.Explanation} Until then the demo trains on drawn clothes instead.");
            string? key = app.Services.GetRequiredService<IOptions<ServiceOptions>>().Value.KeysRequired ? app.Services.GetRequiredService<KeyRing>().AddOwn() : null;
            using var run = new DemoRun(address, output, terminal, key);
            bool good = await run.RunAsync(DemoJob.Make(located.Found), ct);
            output.WriteLine($"Dashboard      {address}/");
            output.WriteLine($"API, try it    {address}/swagger");
            return good;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            output.WriteLine("Stopped. The job goes on when the service is started again.");
            return false;
        }
        catch (HttpRequestException e)
        {
            output.WriteLine(e.Message);
            return false;
        }
    }
}
