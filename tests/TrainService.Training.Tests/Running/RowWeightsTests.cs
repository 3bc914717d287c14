using TrainService.Data;
using TrainService.Data.Descriptions;
using TrainService.Tensors;
using TrainService.Training.Running;
using TrainService.Training.Tests.Support;

namespace TrainService.Training.Tests.Running;

public class RowWeightsTests
{
    private static readonly Split Rows = new(new FloatRows(new float[3], 1), new FloatRows(new float[] { 0, 2, 1 }, 1), new float[] { 1, 10, 100 });

    [Fact]
    public void A_row_counts_its_sample_weight_times_its_class_s_weight()
        => RowWeights.Of(Rows, Some.Target(TargetKind.Class, 3, 1), new Dictionary<string, double> { ["class 2"] = 3, ["0"] = 0.5 }).ToArray().ShouldBe([0.5f, 30, 100]);

    [Fact]
    public void Without_class_weights_the_sample_weights_stay()
        => RowWeights.Of(Rows, Some.Target(TargetKind.Class, 3, 1), null).ShouldBe(Rows.SampleWeights);

    [Fact]
    public void One_hot_targets_have_classes_too()
    {
        var rows = new Split(new FloatRows(new float[2], 1), new FloatRows(new float[] { 0, 1, 1, 0 }, 2), default);

        RowWeights.Of(rows, Some.Target(TargetKind.Vector, 0, 2), new Dictionary<string, double> { ["1"] = 4 }).ToArray().ShouldBe([4, 1]);
    }

    [Fact]
    public void A_number_that_stands_for_a_class_is_that_class()
    {
        var rows = new Split(new FloatRows(new float[4], 1), new FloatRows(new float[] { 0, 1, 0.8f, -1 }, 1), default);

        RowWeights.Of(rows, Some.Target(TargetKind.Number, 0, 1), new Dictionary<string, double> { ["1"] = 4, ["0"] = 2 }).ToArray().ShouldBe([2, 4, 4, 1]);
        RowWeights.ClassIndex(Some.Target(TargetKind.Number, 0, 3), "0").ShouldBeNull();
    }

    [Theory]
    [InlineData("class 1", 1)]
    [InlineData("2", 2)]
    [InlineData("3", null)]
    [InlineData("-1", null)]
    [InlineData("shirt", null)]
    public void A_class_is_known_by_name_or_number(string key, int? index) => RowWeights.ClassIndex(Some.Target(TargetKind.Class, 3, 1), key).ShouldBe(index);
}
