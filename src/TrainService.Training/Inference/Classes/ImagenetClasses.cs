using System.Globalization;

namespace TrainService.Training.Inference.Classes;

/// <summary>
/// The thousand categories of ImageNet's challenge (Russakovsky et al. 2015, arXiv:1409.0575), as <c>keras.applications</c> calls them. Two names stand twice: crane (the bird, the machine) and maillot.
/// </summary>
public static class ImagenetClasses
{
    public const int Count = 1000;

    /// <summary>Words that stand for them where names are asked for.</summary>
    public const string Word = "imagenet", DarknetWord = "imagenet_darknet";

    private static readonly string[] Lines = Read("imagenet.txt");

    /// <summary>WordNet's numbers, in the order of the outputs of Keras's networks and most others': ascending.</summary>
    public static IReadOnlyList<string> Ids { get; } = [.. Lines.Select(line => line[..line.IndexOf(' ', StringComparison.Ordinal)])];

    /// <summary>Names in that order.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Lines.Select(line => line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..])];

    /// <summary>Names in the order of Darknet's networks.</summary>
    public static IReadOnlyList<string> DarknetNames { get; } = [.. Read("imagenet-darknet.txt").Select(line => Names[int.Parse(line, CultureInfo.InvariantCulture)])];

    private static string[] Read(string file)
    {
        using Stream stream = typeof(ImagenetClasses).Assembly.GetManifestResourceStream($"classes/{file}")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
