using System.Globalization;
using TrainService.Data.Descriptions;
using TrainService.Data.Storage;
using TrainService.Formats;

namespace TrainService.Data.Import.Arrays;

/// <summary>Checks the arrays of an upload against each other, and stores them: bytes as bytes, everything else as float32.</summary>
internal static class ArrayImporter
{
    private const int BlockBytes = 1 << 20;

    /// <summary>What the rows' own statistics don't say; null when something is wrong.</summary>
    public static DatasetDescription? Import(IReadOnlyList<ArrayPart> parts, DatasetDescription frame, ImportContext context)
    {
        CheckShapes(parts, context);
        if (context.Errors.Any) return null;
        if (ArrayLabels.Read(parts, context) is not { } labels) return null;
        foreach (ArrayPart part in parts) Store(part, labels, context);
        if (context.Errors.Any) return null;
        ArraySource x = parts[0].X;
        int[] shape = [.. x.Shape.Skip(1).Select(axis => (int)axis)];
        bool bytes = StoredAsBytes(x), images = (bytes && shape.Length == 2) || (shape.Length == 3 && shape[2] is 1 or 3 or 4);
        int? Rows(Part wanted) => parts.FirstOrDefault(p => p.Part == wanted) is { } part ? (int)part.X.Shape[0] : null;
        return frame with
        {
            Kind = images ? DatasetKind.Images : DatasetKind.Arrays,
            InputShape = shape.Length == 0 ? [1] : shape,
            Inputs = x.Parts.Count > 0 ? x.Parts : null,
            StoredType = bytes ? "uint8" : "float32",
            Scale = bytes ? context.Options.Scale ?? (images && x.Type == ArrayType.UInt8 ? 1 / 255.0 : 1) : 1,
            Target = labels.Target,
            Counts = new(Rows(Part.Train)!.Value, Rows(Part.Validation), Rows(Part.Test)),
            HasSampleWeights = parts[0].Weights is not null,
        };
    }

    private static bool StoredAsBytes(ArraySource x) => x.Type is ArrayType.UInt8 or ArrayType.Bool;

    private static void CheckShapes(IReadOnlyList<ArrayPart> parts, ImportContext context)
    {
        ArrayPart first = parts[0];
        foreach (ArrayPart part in parts)
        {
            bool whole = true;
            foreach (ArraySource? array in (ArraySource?[])[part.X, part.Y, part.Weights])
                whole &= array is null || CheckShape(array, context);
            if (!whole) continue;
            foreach (ArraySource? other in (ArraySource?[])[part.Y, part.Weights])
                if (other is not null && other.Shape[0] != part.X.Shape[0])
                    Problem(context, other, $"has {other.Shape[0]:N0} rows, {part.X.Name} has {part.X.Shape[0]:N0}");
            if (part.Weights is { } weights && weights.Shape.Skip(1).Any(axis => axis != 1))
                Problem(context, weights, $"has the shape {Shown(weights)}; one weight a row is needed");
            CheckParts(part.X, first.X, context);
            if (part.Y is { } y && first.Y is { } labels) CheckParts(y, labels, context);
            if (part == first || first.X.Shape.Count == 0 || first.Y?.Shape.Count == 0) continue;
            if (!part.X.Shape.Skip(1).SequenceEqual(first.X.Shape.Skip(1)))
                Problem(context, part.X, $"has rows of another shape than {first.X.Name}: {Shown(part.X)} and {Shown(first.X)}");
            if (StoredAsBytes(part.X) != StoredAsBytes(first.X)) Problem(context, part.X, $"is {part.X.Type}, {first.X.Name} is {first.X.Type}");
            if (part.Y is { } own && first.Y is { } theirs) CheckLabels(own, theirs, context);
        }
    }

    private static void CheckLabels(ArraySource y, ArraySource first, ImportContext context)
    {
        if (!y.Shape.Skip(1).SequenceEqual(first.Shape.Skip(1)))
            Problem(context, y, $"has rows of another shape than {first.Name}: {Shown(y)} and {Shown(first)}");
        if (y.Type.IsFloat() != first.Type.IsFloat()) Problem(context, y, $"is {y.Type}, {first.Name} is {first.Type}");
    }

    // Names as well as shapes: another order would be another row.
    private static void CheckParts(ArraySource array, ArraySource first, ImportContext context)
    {
        if (!array.Parts.SequenceEqual(first.Parts)) Problem(context, array, $"has other arrays, or rows of other shapes, than {first.Name}");
    }

    /// <summary>An array by itself: rows, and not too much of anything.</summary>
    public static bool CheckShape(ArraySource array, ImportContext context)
    {
        DatasetLimits limits = context.Limits;
        string? problem = array.Shape.Count == 0 ? "is a single number; the first axis must be the rows"
            : array.Shape[0] == 0 ? "has no rows"
            : array.Shape[0] > limits.MaxRows ? $"has {array.Shape[0]:N0} rows, more than {limits.MaxRows:N0}"
            : array.Shape.Count > 6 ? $"has {array.Shape.Count} axes, more than 6"
            : array.Count == 0 ? $"has the shape {Shown(array)}, which holds no numbers"
            : array.Count / array.Shape[0] > limits.MaxRowLength
                ? $"has {array.Count / array.Shape[0]:N0} numbers a row, more than {limits.MaxRowLength:N0}"
            : null;
        if (problem is not null) Problem(context, array, problem);
        return problem is null;
    }

    private static void Store(ArrayPart part, ArrayLabels labels, ImportContext context)
    {
        using var writer = new PartWriter(context.Folder, part.Part, context.Budget);
        if (StoredAsBytes(part.X)) part.X.Read(BlockBytes, writer.WriteInputs, context.Stopping);
        else StoreNumbers(part.X, context, writer.WriteInputs);
        if (part.Y is { } y && labels.Target.Kind == TargetKind.Class) StoreClasses(y, labels, writer, context);
        else if (part.Y is { } numbers) StoreNumbers(numbers, context, writer.WriteTargets);
        if (part.Weights is { } weights) StoreNumbers(weights, context, writer.WriteWeights, fromZero: true);
        writer.Complete();
    }

    private static void StoreClasses(ArraySource y, ArrayLabels labels, PartWriter writer, ImportContext context)
    {
        float[] targets = [];
        y.Read(
            BlockBytes,
            block =>
            {
                int count = block.Length / y.Type.Size();
                if (targets.Length < count) targets = new float[count];
                labels.Convert(y, block, targets.AsSpan(0, count));
                writer.WriteTargets(targets.AsSpan(0, count));
            },
            context.Stopping);
    }

    private delegate void TakeNumbers(ReadOnlySpan<float> values);

    // Every number is looked at: one that is not finite would end a training hours later, far from its cause.
    private static void StoreNumbers(ArraySource source, ImportContext context, TakeNumbers take, bool fromZero = false)
    {
        int block = BlockBytes / 4;
        float[] values = new float[Math.Min(source.Count, block)];
        long at = 0;
        source.Read(
            block,
            bytes =>
            {
                Span<float> numbers = values.AsSpan(0, bytes.Length / source.Type.Size());
                ElementConverter.ToSingles(source.Type, bytes, numbers);
                for (int i = 0; i < numbers.Length; i++)
                {
                    if (!float.IsFinite(numbers[i]))
                        Problem(context, source, at + i, "not_finite", float.IsNaN(numbers[i]) ? "is NaN" : "is infinite, or too large for float32");
                    else if (fromZero && numbers[i] < 0) Problem(context, source, at + i, "out_of_range", "is negative");
                }
                take(numbers);
                at += numbers.Length;
            },
            context.Stopping);
    }

    private static void Problem(ImportContext context, ArraySource array, long element, string code, string problem)
    {
        (array, element) = array.Origin(element);
        long row = element / (array.Count / array.Shape[0]);
        if (!context.Errors.HasRoom)
        {
            context.Errors.Add(code, problem);
            return;
        }
        List<long> index = [];
        for (int axis = array.Shape.Count - 1; axis >= 0; axis--)
        {
            index.Insert(0, element % array.Shape[axis]);
            element /= array.Shape[axis];
        }
        context.Errors.Add(code, $"{array.Name}[{string.Join(", ", index)}] {problem}", array.File, row, array.Array);
    }

    public static void Problem(ImportContext context, ArraySource array, string problem)
        => context.Errors.Add("wrong_shape", $"{array.Name} {problem}", array.File, column: array.Array);

    private static string Shown(ArraySource array) => $"[{string.Join(", ", array.Shape.Select(a => a.ToString(CultureInfo.InvariantCulture)))}]";
}
