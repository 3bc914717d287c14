using TrainService.NeuralNet.State;
using TrainService.NeuralNet.Tests.Sessions;

namespace TrainService.NeuralNet.Tests.Pruning;

public class PrunedTrainingTests
{
    private const string Layers = """
        [{"type": "dense", "units": 30, "activation": "elu"}, {"type": "dense", "units": 4, "activation": "softmax"}]
        """;

    private const string Schedule = """{"schedule": "polynomial", "initial_sparsity": 0.1, "final_sparsity": 0.75, "begin_step": 4, "end_step": 20, "frequency": 4, "report_layers": true}""";

    [Fact]
    public void The_smallest_weights_of_each_kernel_go_and_stay_gone()
    {
        using Training training = new(Layers, """{"type": "adam", "learning_rate": 0.01}""", pruning: Schedule);
        training.Steps(4);
        Figures(training)["sparsity"].ShouldBe(0);
        float[] before = Kernel(training, 0);
        training.Steps(1);
        // 10 % of 600: those 60 that were smallest before the fifth update.
        int[] gone = [.. Enumerable.Range(0, 600).OrderBy(i => Math.Abs(before[i])).Take(60).Order()];
        Zeros(training, 0).ShouldBe(gone);
        training.Steps(30);
        Zeros(training, 0).Length.ShouldBe(450);
        Zeros(training, 0).ShouldBeSubsetOf(Enumerable.Range(0, 600));
        gone.ShouldBeSubsetOf(Zeros(training, 0));
        Zeros(training, 2).Length.ShouldBe(90);
    }

    [Fact]
    public void Figures_tell_all_and_each()
    {
        using Training training = new(Layers, pruning: Schedule);
        training.Steps(25);
        Dictionary<string, double> figures = Figures(training);
        figures.Keys.ShouldBe(["sparsity", "sparsity/l0/kernel", "sparsity/l1/kernel"]);
        figures.Values.ShouldAllBe(v => v == 0.75);
    }

    [Fact]
    public void It_still_learns()
    {
        using Training dense = new(Layers), sparse = new(Layers, pruning: Schedule);
        foreach (Training training in (Training[])[dense, sparse])
        {
            training.Steps(300);
            training.Session.Totals.Reset();
            training.Steps(30);
        }

        sparse.Session.Totals.Loss.ShouldBeLessThan(1.0);
        Figures(sparse)["sparsity"].ShouldBe(0.75);
    }

    [Theory]
    [InlineData("""{"type": "sgd", "learning_rate": 0.05, "momentum": 0.9}""")]
    [InlineData("""{"type": "adam", "gradient_accumulation_steps": 2, "use_ema": true, "clipnorm": 1}""")]
    public void Saved_put_back_and_gone_on_is_the_same_as_straight_on(string optimizer)
    {
        using Training straight = new(Layers, optimizer, pruning: Schedule), first = new(Layers, optimizer, pruning: Schedule),
            second = new(Layers, optimizer, threads: 2, pruning: Schedule);
        straight.Steps(30);
        first.Steps(13);
        foreach ((Parameter from, Parameter to) in first.State.Parameters.Zip(second.State.Parameters)) Copy(from.Shape.Size, from.Read, to.Write);
        foreach ((SlotTensor from, SlotTensor to) in first.Session.Slots.Tensors.Zip(second.Session.Slots.Tensors)) Copy(from.Parameter.Shape.Size, from.Read, to.Write);
        second.Session.Iterations = first.Session.Iterations;
        second.Steps(17);
        second.Bits().ShouldBe(straight.Bits());
    }

    [Fact]
    public void The_average_of_pruned_weights_is_pruned()
    {
        using Training training = new(Layers, """{"type": "adam", "use_ema": true}""", pruning: Schedule);
        training.Steps(30);
        training.Session.TakeAverage();
        Figures(training)["sparsity"].ShouldBe(0.75);
    }

    private static Dictionary<string, double> Figures(Training training) => training.Session.Sparsity().ToDictionary(f => f.Key, f => f.Value);

    private static float[] Kernel(Training training, int parameter)
    {
        Parameter p = training.State.Parameters[parameter];
        float[] values = new float[p.Shape.Size];
        p.Read(values);
        return values;
    }

    private static int[] Zeros(Training training, int parameter)
        => [.. Kernel(training, parameter).Select((v, i) => (v, i)).Where(p => p.v == 0).Select(p => p.i)];

    private static void Copy(long size, SpanReader read, SpanWriter write)
    {
        float[] values = new float[size];
        read(values);
        write(values);
    }

    private delegate void SpanReader(Span<float> values);

    private delegate void SpanWriter(ReadOnlySpan<float> values);
}
