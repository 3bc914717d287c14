using System.Globalization;
using TrainService.Data.Descriptions;
using TrainService.Formats;

namespace TrainService.Data.Import.Arrays;

/// <summary>
/// Decides what the targets of an array upload are. Whole numbers, one a row, are classes: k stands for class k, so that there are max + 1 of them;
/// when there are negative ones (-1 and 1), each distinct number is a class, numbered in ascending order. Floats are numbers or vectors.
/// </summary>
internal sealed class ArrayLabels
{
    private const int Block = 1 << 16;
    private readonly long[]? _distinct;

    private ArrayLabels(TargetDescription target, long[]? distinct) => (Target, _distinct) = (target, distinct);

    public TargetDescription Target { get; }

    /// <summary>Null when something is wrong; then the errors say what.</summary>
    public static ArrayLabels? Read(IReadOnlyList<ArrayPart> parts, ImportContext context)
    {
        if (parts[0].Y is not { } first) return new(TargetDescription.OfInputs([.. parts[0].X.Shape.Skip(1).DefaultIfEmpty(1).Select(axis => checked((int)axis))]), null);
        int[] shape = [.. first.Shape.Skip(1).Select(axis => checked((int)axis))];
        bool single = shape.All(axis => axis == 1);
        bool classes = context.Options.Target is { } asked ? asked == "class" : single && !first.Type.IsFloat();
        if (!classes)
            return new(new() { Kind = single ? TargetKind.Number : TargetKind.Vector, Shape = single ? [1] : shape, Parts = first.Parts.Count > 0 ? first.Parts : null }, null);
        if (!single)
        {
            context.Errors.Add("wrong_shape", $"{first.Name} has {shape.Aggregate(1L, (a, b) => a * b)} numbers a row; classes need one", first.File,
                column: first.Array);
            return null;
        }
        return ReadClasses(parts, context);
    }

    /// <summary>Targets of a block of rows as they are stored.</summary>
    public void Convert(ArraySource source, ReadOnlySpan<byte> block, Span<float> targets)
    {
        ElementConverter.ToSingles(source.Type, block, targets);
        if (_distinct is null) return;
        for (int i = 0; i < targets.Length; i++) targets[i] = Array.BinarySearch(_distinct, (long)targets[i]);
    }

    private static ArrayLabels? ReadClasses(IReadOnlyList<ArrayPart> parts, ImportContext context)
    {
        long most = 0;
        // Only needed when there are negative numbers; a set of at most so many.
        var distinct = new SortedSet<long>();
        foreach (ArrayPart part in parts)
        {
            long row = 0;
            float[] values = new float[Block];
            ArraySource y = part.Y!;
            y.Read(
                Block,
                block =>
                {
                    Span<float> labels = values.AsSpan(0, block.Length / y.Type.Size());
                    ElementConverter.ToSingles(y.Type, block, labels);
                    foreach (float label in labels)
                    {
                        if (label == MathF.Floor(label) && Math.Abs(label) < 1 << 24)
                        {
                            most = Math.Max(most, (long)label);
                            if (distinct.Count <= context.Limits.MaxClasses) distinct.Add((long)label);
                        }
                        else
                        {
                            context.Errors.Add("not_a_class",
                                $"{y.Name}[{row}] is {label.ToString(CultureInfo.InvariantCulture)}; a class is a whole number below {1 << 24:N0}",
                                y.File, row, y.Array);
                        }
                        row++;
                    }
                },
                context.Stopping);
        }
        if (context.Errors.Any) return null;
        bool negative = distinct.Min < 0;
        long count = negative ? distinct.Count : most + 1;
        if (count > context.Limits.MaxClasses)
        {
            context.Errors.Add("too_many_classes",
                $"the labels make {count:N0} classes, more than {context.Limits.MaxClasses:N0}; whole numbers that are no classes need \"target\": \"number\"",
                parts[0].Y!.File, column: parts[0].Y!.Array);
            return null;
        }
        return Named(parts[0].Y!, negative ? [.. distinct] : null, (int)count, context);
    }

    private static ArrayLabels? Named(ArraySource source, long[]? distinct, int count, ImportContext context)
    {
        string[] names = distinct is not null ? [.. distinct.Select(d => d.ToString(CultureInfo.InvariantCulture))]
            : source.Type == ArrayType.Bool ? ["false", "true"]
            : [.. Enumerable.Range(0, count).Select(i => i.ToString(CultureInfo.InvariantCulture))];
        if (context.Options.ClassNames is { } given)
        {
            if (given.Count < count || given.Distinct(StringComparer.Ordinal).Count() < given.Count)
            {
                context.Errors.Add("wrong_class_names", $"class_names has {given.Count} names, all of which must differ; the labels need {count}",
                    column: "class_names");
                return null;
            }
            names = [.. given];
        }
        return new(new() { Kind = TargetKind.Class, Shape = [1], ClassNames = names }, distinct);
    }
}
