using TrainService.Formats;
using TrainService.Training.Running;

namespace TrainService.Training.Tests.Running;

public class ResumePointTests
{
    private static readonly ResumeState State = new()
    {
        Spec = "abc", Epoch = 3, Step = 17, Batches = 2234567890123, Iterations = 1234567890123, PhaseStarts = [0, 2, 2], TrainedSeconds = 0.1, EpochSeconds = 1 / 3.0, GradientNorms = [double.NaN, 0.1],
        Totals = [Math.PI, double.Epsilon, -0.0], Callbacks = [[1, double.PositiveInfinity], [], [3]], BestEpoch = 2, Figures = """{"loss":0.5}""", BestFigures = "{}",
    };

    [Fact]
    public void Everything_comes_back_with_the_same_bits()
    {
        float[] values = [1, float.Epsilon, -0f];
        using var file = new MemoryStream();

        ResumePoint.Write(file, State, [new NamedArray("weights/a/kernel", [3], values)]);
        file.Position = 0;
        (ResumeState state, IReadOnlyDictionary<string, NamedArray> tensors) = ResumePoint.Read(file, "abc")!.Value;

        (state with { Totals = State.Totals, Callbacks = State.Callbacks, PhaseStarts = State.PhaseStarts, GradientNorms = State.GradientNorms }).ShouldBe(State);
        Bits(state.GradientNorms).ShouldBe(Bits(State.GradientNorms));
        Bits(state.Totals).ShouldBe(Bits(State.Totals));
        state.PhaseStarts.ShouldBe(State.PhaseStarts);
        state.Callbacks.Select(Bits).ShouldBe(State.Callbacks.Select(Bits));
        tensors["weights/a/kernel"].ToSingles().Select(BitConverter.SingleToInt32Bits).ShouldBe(values.Select(BitConverter.SingleToInt32Bits));
    }

    [Fact]
    public void One_of_another_spec_is_not_taken()
    {
        using var file = new MemoryStream();
        ResumePoint.Write(file, State, []);
        file.Position = 0;

        ResumePoint.Read(file, "abd").ShouldBeNull();
    }

    private static IEnumerable<long> Bits(double[] values) => values.Select(BitConverter.DoubleToInt64Bits);
}
