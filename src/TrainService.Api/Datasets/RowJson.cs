using System.Buffers;
using System.Text.Json;
using TrainService.Contracts.Datasets;
using TrainService.Data;
using TrainService.Data.Descriptions;

namespace TrainService.Api.Datasets;

/// <summary>Writes rows of a dataset as JSON, so that they can be sent to predict as they are.</summary>
internal sealed class RowJson(DatasetDescription description, Split split)
{
    private readonly float[] _inputs = new float[split.Inputs.RowLength];
    private readonly float[] _targets = new float[description.Target.Kind == TargetKind.Inputs ? 0 : split.Targets.RowLength];

    public DatasetRowResource Read(int row)
    {
        split.Inputs.CopyRow(row, _inputs);
        if (_targets.Length > 0) split.Targets.CopyRow(row, _targets);
        return new(row,
            Json(w => { if (description.Columns is { } columns) WriteColumns(w, columns); else WriteNested(w, description.InputShape, _inputs); }),
            Json(WriteTarget),
            ClassName());
    }

    private string? ClassName()
        => description.Target is { Kind: TargetKind.Class, ClassNames: { } names } && (int)_targets[0] is var i && i >= 0 && i < names.Count ? names[i] : null;

    private void WriteTarget(Utf8JsonWriter writer)
    {
        if (_targets.Length == 0)
            writer.WriteNullValue();
        else if (description.Target.Kind == TargetKind.Class)
            writer.WriteNumberValue((int)_targets[0]);
        else if (_targets.Length == 1)
            WriteNumber(writer, _targets[0]);
        else
            WriteNested(writer, description.Target.Shape, _targets);
    }

    // A table's row holds every column; those that are predicted are not input.
    private void WriteColumns(Utf8JsonWriter writer, IReadOnlyList<ColumnDescription> columns)
    {
        writer.WriteStartObject();
        for (int i = 0; i < columns.Count; i++)
        {
            if (description.Features is { } features && !features.Contains(columns[i].Name))
                continue;
            writer.WritePropertyName(columns[i].Name);
            if (columns[i].Categories is { } words)
                writer.WriteStringValue(words[(int)_inputs[i]]);
            else
                WriteNumber(writer, _inputs[i]);
        }

        writer.WriteEndObject();
    }

    private static void WriteNested(Utf8JsonWriter writer, IReadOnlyList<int> shape, ReadOnlySpan<float> values, int axis = 0)
    {
        if (axis == shape.Count)
        {
            WriteNumber(writer, values[0]);
            return;
        }

        int step = values.Length / Math.Max(1, shape[axis]);
        writer.WriteStartArray();
        for (int i = 0; i < shape[axis]; i++)
            WriteNested(writer, shape, values.Slice(i * step, step), axis + 1);
        writer.WriteEndArray();
    }

    // JSON has no word for them; they are not input that predict takes either.
    private static void WriteNumber(Utf8JsonWriter writer, float value)
    {
        if (float.IsFinite(value))
            writer.WriteNumberValue(value);
        else
            writer.WriteNullValue();
    }

    private static JsonElement Json(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
            write(writer);
        return JsonElement.Parse(buffer.WrittenSpan);
    }
}
