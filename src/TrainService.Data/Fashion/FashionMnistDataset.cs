using TrainService.Data.Descriptions;
using TrainService.Data.Storage;

namespace TrainService.Data.Fashion;

/// <summary>Fashion-MNIST as a dataset. Unpacked and checked once, into a folder of its own; mapped from there ever after.</summary>
internal sealed class FashionMnistDataset(string folder, FashionMnistOptions options)
{
    // Both files of images start with 16 bytes of header, both files of labels with 8.
    private const int ImageHeader = 16, LabelHeader = 8, ImageBytes = 28 * 28;

    private readonly Lock _storing = new();

    /// <summary>True when rows can be had.</summary>
    public bool IsAtHand => File.Exists(Path.Combine(folder, DatasetFiles.Description)) || FashionMnist.FindFolder(options) is not null;

    /// <summary>Known beforehand: the content is fixed by its check sums.</summary>
    public static DatasetDescription Description { get; } = new()
    {
        Id = "ds_fashion_mnist",
        Name = FashionMnist.Name,
        Kind = DatasetKind.Images,
        BuiltIn = true,
        Summary = "70,000 pictures of clothing in 10 classes, 28x28, grey. Values are in [0, 1]: the file's bytes divided by 255.",
        InputShape = [28, 28],
        StoredType = "uint8",
        Scale = 1 / 255.0,
        Target = new()
        {
            Kind = TargetKind.Class,
            Shape = [1],
            ClassNames = ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"],
        },
        Counts = new(60_000, null, 10_000),
        Statistics = new()
        {
            Inputs = new(0, 1, 0.2860405969887955, 0.3530242445149223),
            ClassCounts = new([.. Enumerable.Repeat(6_000, 10)], null, [.. Enumerable.Repeat(1_000, 10)]),
        },
        Licence = "MIT",
        Source = "https://github.com/zalandoresearch/fashion-mnist; Xiao, Rasul and Vollgraf 2017, arXiv:1708.07747",
        Bytes = 70_000L * (ImageBytes + 4),
    };

    /// <summary>
    /// Throws <see cref="FileNotFoundException"/> when it is not at hand, <see cref="InvalidDataException"/> when a file is damaged.
    /// </summary>
    public Dataset Open()
    {
        lock (_storing)
        {
            if (!File.Exists(Path.Combine(folder, DatasetFiles.Description))) Store();
        }
        return StoredDataset.Open(folder, Description);
    }

    private void Store()
    {
        string source = FashionMnist.FindFolder(options) ?? throw new FileNotFoundException("Fashion-MNIST is not on this machine.");
        string staging = $"{folder}.{Guid.CreateVersion7():n}";
        Directory.CreateDirectory(staging);
        try
        {
            StorePart(source, staging, Part.Train, FashionMnistFile.TrainImages, FashionMnistFile.TrainLabels);
            StorePart(source, staging, Part.Test, FashionMnistFile.TestImages, FashionMnistFile.TestLabels);
            StoredDataset.WriteDescription(staging, Description);
            Directory.Move(staging, folder);
        }
        catch (IOException) when (File.Exists(Path.Combine(folder, DatasetFiles.Description)))
        {
            // Another process was faster, with the same content.
        }
        finally
        {
            if (Directory.Exists(staging)) Directory.Delete(staging, recursive: true);
        }
    }

    private static void StorePart(string source, string target, Part part, FashionMnistFile images, FashionMnistFile labels)
    {
        using var writer = new PartWriter(target, part, new StorageBudget(long.MaxValue));
        writer.WriteInputs(Read(source, images).AsSpan(ImageHeader));
        float[] targets = [.. Read(source, labels).Skip(LabelHeader).Select(label => (float)label)];
        writer.WriteTargets(targets);
        writer.Complete();
    }

    private static byte[] Read(string folder, FashionMnistFile file)
        => file.Read(file.Find(folder) ?? throw new FileNotFoundException($"{file.Name} is missing in {folder}."));
}
