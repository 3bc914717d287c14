using System.Text.Json.Nodes;
using TrainService.Formats.Keras;
using TrainService.Formats.Npy;
using TrainService.Formats.Onnx;
using TrainService.Formats.Safetensors;
using TrainService.Jobs;
using TrainService.Jobs.Ports;
using TrainService.Data.Requests;
using TrainService.Specification;
using TrainService.Specification.Reading;
using TrainService.Tensors.Threading;
using TrainService.Training.Export.Calibration;
using TrainService.Training.Export.Onnx;
using TrainService.Training.Inference;

namespace TrainService.Training.Export;

/// <summary>Writes checkpoints as files that other programs open.</summary>
/// <param name="evaluation">Measures what rounding costs on the checkpoint's own data; null leaves it at the golden inputs.</param>
public sealed class CheckpointExporter(LoadedNetworks networks, ICheckpointStore checkpoints, IJobStore jobs, ComputePool pool, EvaluationService? evaluation = null)
{
    /// <summary>Writes the file. Nothing is written when there are errors.</summary>
    /// <param name="target">Written forward only.</param>
    /// <exception cref="InvalidDataException">The checkpoint is damaged, or not understood.</exception>
    public async Task<ExportOutcome> ExportAsync(string checkpointId, ExportOptions options, Stream target, CancellationToken ct)
    {
        using LoadedNetworks.Loan? loan = await networks.BorrowAsync(checkpointId, ct).ConfigureAwait(false);
        if (loan is null) return new ExportOutcome { NotFound = true };
        CheckpointRecord? record = await checkpoints.FindAsync(checkpointId, ct).ConfigureAwait(false);
        var errors = new SpecErrors();
        CalibrationRows? rows = options.Calibrate is { } dataset ? await RowsAsync(loan.Network, dataset, errors, ct).ConfigureAwait(false) : null;
        if (errors.Any) return new ExportOutcome { Errors = errors.All };
        // What is folded is not what the job trained: the script builds it, and no more.
        JobRecord? job = options.Bundle && !options.FoldBatchNormalization && record?.JobId is { } id ? await jobs.FindAsync(id, ct).ConfigureAwait(false) : null;
        try
        {
            await Task.Run(async () =>
            {
                ExportedModel model = rows is null ? ExportedModel.Of(loan.Network, options.Half, options.FoldBatchNormalization, options.EightBits)
                    : ExportedModel.Calibrated(loan.Network, options.FoldBatchNormalization, rows, pool, ct);
                JsonObject? measured = options.Bundle && options.IsRounded && evaluation is not null ? await PrecisionLoss.MeasureAsync(evaluation, loan.Network, model, options.Precision, ct).ConfigureAwait(false) : null;
                if (options.Bundle) new ExportBundle(checkpointId, model, loan.Network, options, job is null ? null : new JobRecordText(job.ResolvedJson, (int?)job.Progress?.StepsPerEpoch), measured, pool).Write(target);
                else WriteModel(model, options.Format, target);
            }, ct).ConfigureAwait(false);
        }
        catch (ExportException e)
        {
            return new ExportOutcome { Errors = [new SpecError("/format", "no_equivalent", e.Message, options.Format)] };
        }
        return new ExportOutcome { FileName = options.Bundle ? $"{checkpointId}-{options.Format}-bundle.zip" : $"{checkpointId}{Extension(options.Format)}" };
    }

    private async Task<CalibrationRows?> RowsAsync(LoadedNetwork network, string dataset, SpecErrors errors, CancellationToken ct)
    {
        if (evaluation is null) throw new InvalidOperationException("Nobody can look rows up here.");
        return await evaluation.RowsAsync(network, dataset, DatasetPart.Train, "/calibrate", errors, ct).ConfigureAwait(false) is { } rows
            ? CalibrationRows.Of(dataset, rows.Inputs, network.State.Network.Flops) : null;
    }

    internal static string Extension(string format) => format == ExportOptions.Tfjs ? "-tfjs.zip" : "." + format;

    /// <exception cref="ExportException">The format has nothing like one of its layers.</exception>
    internal static void WriteModel(ExportedModel model, string format, Stream target)
    {
        switch (format)
        {
            case ExportOptions.Keras:
                KerasWriter.WriteArchive(target, new KerasDescription(model, old: false).Make());
                break;
            case ExportOptions.Hdf5:
                KerasWriter.WriteHdf5(target, new KerasDescription(model, old: true).Make());
                break;
            case ExportOptions.Tfjs:
                KerasWriter.WriteTfjs(target, new KerasDescription(model, old: true, tfjs: true).Make());
                break;
            case ExportOptions.Onnx:
                OnnxWriter.Write(target, OnnxExport.Make(model));
                break;
            case ExportOptions.Npz:
                NpzFile.Write(target, model.Stored);
                break;
            default:
                SafetensorsFile.Write(target, [.. model.Stored], new Dictionary<string, string> { ["format"] = "trainservice", ["metadata"] = model.Metadata.ToJson() });
                break;
        }
    }
}

/// <summary>What became of an export.</summary>
public sealed record ExportOutcome
{
    public bool NotFound { get; init; }

    public IReadOnlyList<SpecError> Errors { get; init; } = [];

    /// <summary>What to call the file.</summary>
    public string? FileName { get; init; }
}
