namespace TrainService.NeuralNet.Tests.Parity;

/// <summary>
/// Training runs of Keras 3.15.1, done again on the engine, judged by each case's own tolerance. Where a case fails look first at pred_init
/// (forward), then grad1 (backward), step1 (optimizer), step_lr (schedule), history (bookkeeping).
/// </summary>
public class ParityTests
{
    /// <summary>Cases that cannot run yet, with the first layer, or argument of a layer, that the engine does not have.</summary>
    private static readonly Dictionary<string, string> NotCovered = new(StringComparer.Ordinal)
    {
    };

    private static readonly string[] Stages = ["pred_init", "grad1", "step1", "step_lr", "step_loss", "history", "final", "pred_final"];

    public static TheoryData<string> Covered => [.. ParityCase.Names.Where(n => !NotCovered.ContainsKey(n))];

    [Theory]
    [MemberData(nameof(Covered))]
    public void The_engine_trains_as_Keras_does(string name)
    {
        ParityCase parity = ParityCase.Load(name);
        IReadOnlyDictionary<string, double[]> got = ParityRun.Of(parity);
        string[] judged = [.. parity.Expected.Keys.Where(k => Stage(k) >= 0).OrderBy(Stage).ThenBy(k => k, StringComparer.Ordinal)];
        judged.ShouldNotBeEmpty();
        judged.Select(k => Tolerance.Of(parity, k).Judge(k, got.GetValueOrDefault(k), Doubles(parity, k)))
            .Where(fault => fault is not null).ShouldBeEmpty();
    }

    [Fact]
    public void The_list_of_cases_that_cannot_run_yet_is_exact()
        => ParityCase.Names.Select(n => (Name: n, ParityNetwork.Of(ParityCase.Load(n)).Missing)).Where(c => c.Missing is not null)
            .ToDictionary(c => c.Name, c => c.Missing!).OrderBy(c => c.Key, StringComparer.Ordinal)
            .ShouldBe(NotCovered.OrderBy(c => c.Key, StringComparer.Ordinal));

    [Fact]
    public void All_forty_five_cases_are_here() => ParityCase.Names.Count.ShouldBe(45);

    /// <summary>The order in which a fault shows first; -1 for what is no result (the dropout masks).</summary>
    private static int Stage(string array) => Array.IndexOf(Stages, array.Split('/')[0]);

    private static double[] Doubles(ParityCase parity, string name)
    {
        TrainService.Formats.NamedArray array = parity.Expected[name];
        return array.Type == TrainService.Formats.ArrayType.Float64
            ? System.Runtime.InteropServices.MemoryMarshal.Cast<byte, double>(array.Bytes).ToArray()
            : [.. array.ToSingles().Select(v => (double)v)];
    }
}
