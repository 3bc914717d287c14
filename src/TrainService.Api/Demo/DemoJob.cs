namespace TrainService.Api.Demo;

/// <summary>What the demo trains.</summary>
/// <param name="TestSplit">The part of the dataset that the network has not seen.</param>
internal sealed record DemoJob(string Dataset, string TestSplit, string SpecJson)
{
    /// <summary>openapi/examples/fashion-mlp.json, as it is committed.</summary>
    public static DemoJob Fashion() => new("fashion-mnist", "test", Read("demo/fashion-mlp.json"));

    /// <summary>A set that is made on the spot, for machines where Fashion-MNIST is not to be had.</summary>
    public static DemoJob Synthetic() => new("spirals", "test", Read("demo/spirals.json"));

    private static string Read(string resource)
    {
        using var reader = new StreamReader(typeof(DemoJob).Assembly.GetManifestResourceStream(resource)!);
        return reader.ReadToEnd();
    }
}
