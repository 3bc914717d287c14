using System.Runtime.InteropServices;
using System.Security.Cryptography;
using TrainService.Data.Descriptions;
using TrainService.Data.Synthetic;
using TrainService.Tensors;

namespace TrainService.Data.Tests.Synthetic;

public sealed class SyntheticSetsTests : IDisposable
{
    private readonly TestLibrary _library = new();

    public void Dispose() => _library.Dispose();

    [Theory]
    [InlineData("blobs", 3)]
    [InlineData("moons", 2)]
    [InlineData("spirals", 3)]
    [InlineData("synthetic-fashion", 10)]
    public async Task Classes_are_even_and_can_be_told_apart_by_their_neighbours(string name, int classes)
    {
        Dataset dataset = await _library.OpenAsync(name);
        dataset.Description.Statistics!.ClassCounts!.Train.Distinct().Count().ShouldBe(1);
        dataset.Description.Target.ClassNames!.Count.ShouldBe(classes);
        float[][] train = [.. Enumerable.Range(0, 1200).Select(dataset.Train.Inputs.Row)];
        float[] labels = dataset.Train.Targets.Values();
        int right = 0;
        for (int i = 0; i < 200; i++)
        {
            float[] row = dataset.Test!.Inputs.Row(i);
            int nearest = Enumerable.Range(0, train.Length).MinBy(j => Distance(train[j], row));
            if (labels[nearest] == dataset.Test.Targets.Row(i)[0]) right++;
        }
        right.ShouldBeGreaterThan(170);
    }

    [Fact]
    public async Task The_sine_is_a_sine()
    {
        Dataset dataset = await _library.OpenAsync("sine");
        dataset.Description.Target.Kind.ShouldBe(TargetKind.Number);
        double[] off = [.. Enumerable.Range(0, dataset.Train.Count)
            .Select(i => dataset.Train.Targets.Row(i)[0] - Math.Sin(dataset.Train.Inputs.Row(i)[0]))];
        Math.Sqrt(off.Average(e => e * e)).ShouldBe(0.1, 0.01);
        off.Average().ShouldBe(0, 0.02);
    }

    [Fact]
    public async Task Drawn_clothing_is_always_the_same()
    {
        Dataset opened = await _library.OpenAsync("synthetic-fashion");
        Hash(SyntheticFashion.Make().Test!.Inputs).ShouldBe(Hash(opened.Test!.Inputs));
        DatasetDescription described = (await _library.Library.FindAsync("synthetic-fashion", CancellationToken.None))!;
        described.Statistics!.Inputs!.Maximum.ShouldBeInRange(0.9, 1);
        described.Statistics.Inputs.Mean.ShouldBeInRange(0.1, 0.5);
    }

    private static string Hash(RowSource rows)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int i = 0; i < rows.Count; i++) hash.AppendData(MemoryMarshal.AsBytes(rows.Row(i).AsSpan()));
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static float Distance(float[] a, float[] b)
    {
        float sum = 0;
        for (int i = 0; i < a.Length; i++) sum += (a[i] - b[i]) * (a[i] - b[i]);
        return sum;
    }
}
