using TrainService.Data.Descriptions;
using TrainService.Data.Requests;
using TrainService.NeuralNet.Losses;
using TrainService.Specification;
using TrainService.Specification.Reading;
using TrainService.Training.Compilation;
using TrainService.Training.Models;
using TrainService.Training.Tests.Support;

namespace TrainService.Training.Tests.Compilation;

public class FitCheckTests
{
    private const string Softmax = """[{"type": "dense", "units": 3, "activation": "softmax"}]""";
    private const string Sigmoid = """[{"type": "dense", "units": 1, "activation": "sigmoid"}]""";
    private const string Linear = """[{"type": "dense", "units": 1}]""";

    private static readonly DescribedData Classes = Some.Described(TargetKind.Class, classes: 3), TwoClasses = Some.Described(TargetKind.Class, classes: 2),
        Numbers = Some.Described(TargetKind.Number, targets: new ValueStatistics(-5, 40, 3, 2)), Shares = Some.Described(TargetKind.Number, targets: new ValueStatistics(0, 1, 0.5, 0.2)),
        OneHot = Some.Described(TargetKind.Vector, length: 3);

    [Fact]
    public void What_fits_is_neither_wrong_nor_warned_of()
    {
        foreach ((DescribedData data, string layers, string loss) in new[]
        {
            (Classes, Softmax, "\"sparse_categorical_crossentropy\""),
            (Classes, """[{"type": "dense", "units": 16}]""", "\"triplet\""),
            (Classes, """[{"type": "dense", "units": 2}]""", """{"type": "triplet", "mining": "hard"}"""),
            (Classes, Linear, "\"triplet\""),
            (OneHot, Softmax, "\"categorical_crossentropy\""),
            (TwoClasses, Sigmoid, "\"binary_crossentropy\""),
            (Shares, Sigmoid, "\"binary_crossentropy\""),
            (Numbers, Linear, "\"mse\""),
            (Shares, Sigmoid, "\"mse\""),
            (Classes, """[{"type": "dense", "units": 3}]""", """{"type": "sparse_categorical_crossentropy", "from_logits": true}"""),
            (Classes, """[{"type": "dense", "units": 3}, {"type": "activation", "activation": "softmax"}]""", "\"sparse_categorical_crossentropy\""),
        })
        {
            (IReadOnlyList<SpecError> errors, IReadOnlyList<SpecWarning> warnings) = Check(data, layers, loss);
            errors.ShouldBeEmpty(layers + loss);
            warnings.ShouldBeEmpty(layers + loss);
        }
    }

    [Theory]
    [InlineData("numbers", Softmax, "sparse_categorical_crossentropy", "/loss")]
    [InlineData("classes", """[{"type": "dense", "units": 2, "activation": "softmax"}]""", "sparse_categorical_crossentropy", "/model/layers/0/units")]
    [InlineData("classes", Softmax, "categorical_crossentropy", "/loss")]
    [InlineData("classes", Softmax, "mse", "/loss")]
    [InlineData("classes", Sigmoid, "binary_crossentropy", "/loss")]
    [InlineData("numbers", Sigmoid, "binary_crossentropy", "/loss")]
    [InlineData("numbers", Softmax, "mse", "/model/layers/0/units")]
    [InlineData("onehot", Softmax, "triplet", "/loss")]
    [InlineData("numbers", Linear, "triplet", "/loss")]
    [InlineData("onehot", Linear, "mae", "/model/layers/0/units")]
    [InlineData("onehot", """[{"type": "dense", "units": 4, "activation": "softmax"}]""", "categorical_crossentropy", "/model/layers/0/units")]
    public void What_cannot_work_is_a_conflict_at_the_place_to_change(string data, string layers, string loss, string pointer)
    {
        SpecError error = Check(data switch { "numbers" => Numbers, "classes" => Classes, _ => OneHot }, layers, $"\"{loss}\"").Errors.ShouldHaveSingleItem();

        (error.Pointer, error.Code).ShouldBe((pointer, "conflict"));
    }

    [Theory]
    [InlineData("""[{"type": "dense", "units": 3}]""", "\"sparse_categorical_crossentropy\"", "not_probabilities")]
    [InlineData(Softmax, """{"type": "sparse_categorical_crossentropy", "from_logits": true}""", "activation_applied_twice")]
    [InlineData("""[{"type": "dense", "units": 5, "activation": "softmax"}]""", "\"sparse_categorical_crossentropy\"", "unused_outputs")]
    [InlineData(Linear, "\"mse\"", "classes_as_numbers")]
    [InlineData("""["flatten", {"type": "dropout", "rate": 0.1}]""", "\"sparse_categorical_crossentropy\"", "not_probabilities|unused_outputs")]
    public void What_hardly_should_be_is_a_warning_with_a_remedy(string layers, string loss, string code)
    {
        IReadOnlyList<SpecWarning> warnings = Check(Classes, layers, loss).Warnings;

        string.Join('|', warnings.Select(w => w.Code).Order(StringComparer.Ordinal)).ShouldBe(code);
        warnings.ShouldAllBe(w => w.Remedy.Length > 0);
    }

    [Fact]
    public void An_output_that_cannot_reach_the_targets_is_warned_of()
        => Check(Numbers, Sigmoid, "\"mse\"").Warnings.ShouldHaveSingleItem().Code.ShouldBe("output_out_of_reach");

    [Fact]
    public void Softmax_of_one_number_is_warned_of()
        => Check(TwoClasses, """[{"type": "dense", "units": 1, "activation": "softmax"}]""", "\"binary_crossentropy\"").Warnings.ShouldHaveSingleItem().Code.ShouldBe("softmax_of_one");

    private static (IReadOnlyList<SpecError> Errors, IReadOnlyList<SpecWarning> Warnings) Check(DescribedData data, string layers, string loss)
    {
        var errors = new SpecErrors();
        var warnings = new List<SpecWarning>();
        ComponentValue model = Spec.Model(layers), lossValue = Spec.Component("loss", loss);
        var definition = (ModelDefinition)model.Create();
        new FitCheck(data, definition, NetworkBuilder.Build(definition, data.InputShape, errors)!, lossValue, (Loss)lossValue.Create(), errors, warnings).Run();
        return (errors.All, warnings);
    }
}
