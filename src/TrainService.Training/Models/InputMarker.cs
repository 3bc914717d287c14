using System.Text.Json;
using TrainService.Specification;

namespace TrainService.Training.Models;

/// <summary>Stands first in a model and says what comes in; computes nothing. Keras writes it into every model as InputLayer.</summary>
/// <param name="Shape">Of one sample.</param>
/// <param name="Take">Of several inputs: which numbers of the dataset's row are this one's; null for those behind the input before it.</param>
internal sealed record InputMarker(IReadOnlyList<int> Shape, IReadOnlyList<int>? Take = null)
{
    public const string TakeKey = "take";

    public static ComponentDescriptor<InputMarker> Descriptor { get; } = new("input", a => new InputMarker(ShapeOf(a), a.Has(TakeKey) ? [.. a.Integers(TakeKey).Select(n => (int)n)] : null))
    {
        KerasName = "InputLayer",
        Summary = "Says what shape a sample has. Computes nothing.",
        Advice = "A functional model needs one; a sequential one takes the dataset's shape when it does not say one.",
        Source = "Keras InputLayer",
        Arguments =
        [
            Arg.Integers("shape", "Shape of one sample.", min: 1, max: 1 << 24, nullable: true),
            new("batch_shape", ArgumentKind.Json, "The same with null for the batch in front, as Keras writes it.") { Nullable = true, Aliases = ["batch_input_shape"] },
            Arg.Integers(TakeKey, "Of several inputs: which numbers of a sample's row this one takes, from 0; follows from dataset.inputs. Left out: those behind the input before it.",
                min: 0, max: 1 << 24, maxCount: 1 << 20, nullable: true),
        ],
    };

    private static int[] ShapeOf(Arguments arguments)
    {
        if (arguments.Has("shape") == arguments.Has("batch_shape")) throw new ArgumentConflictException("shape", "Give either shape or batch_shape.");
        if (arguments.Has("shape")) return [.. arguments.Integers("shape").Select(n => (int)n)];
        var given = (JsonElement)arguments.Values["batch_shape"]!;
        if (given.ValueKind == JsonValueKind.Array && given.GetArrayLength() is > 1 and <= 9 && given[0].ValueKind == JsonValueKind.Null)
        {
            int[] shape = [.. given.EnumerateArray().Skip(1).Select(n => n.ValueKind == JsonValueKind.Number && n.TryGetInt32(out int size) ? size : 0)];
            if (shape.All(n => n is >= 1 and <= 1 << 24)) return shape;
        }
        throw new ArgumentConflictException("batch_shape", "Expected null and then a whole number of at least 1 for each axis.");
    }
}
