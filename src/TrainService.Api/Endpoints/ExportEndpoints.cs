using Microsoft.Extensions.Options;
using TrainService.Api.Hosting;
using TrainService.Api.Http;
using TrainService.Api.OpenApi;
using TrainService.Api.Problems;
using TrainService.Specification.Reading;
using TrainService.Training.Export;

namespace TrainService.Api.Endpoints;

/// <summary>Checkpoints as files for other programs.</summary>
internal static class ExportEndpoints
{
    public static void MapExport(this IEndpointRouteBuilder routes)
        => routes.MapGet("/checkpoints/{id}/export", Export).WithTags("checkpoints").WithName("export_checkpoint").WithProblems(404, 422, 429, 503)
            .AlsoAnswers("application/octet-stream")
            .WithSummary("The model as a file for another program")
            .WithDescription("format: safetensors, npz, keras (a .keras archive of Keras 3) or h5 (a whole model that Keras 2 and 3 open), "
                + "tfjs (a ZIP with model.json and its weights, Layers format), or onnx (operators of version 17, a batch of any size, inputs and outputs with channels last as trained). precision: float32; float16, "
                + "which rounds the weights and halves the file; or int8 (safetensors, npz, onnx): kernels of dense and convolution layers as whole numbers of 8 bits with one float32 scale, max |w| / 127, for each output "
                + "channel, the rest in float32. In safetensors and npz the scales of layer/kernel are layer/kernel_scale, shaped so that kernel · scale spreads over the last axes; in onnx DequantizeLinear stands before "
                + "convolutions, Cast and Mul before matrix products. Both can be imported again; the bundle says what the rounding costs. calibrate=DATASET (onnx with int8): what kernels multiply goes in 8 bits too, "
                + "by QuantizeLinear and DequantizeLinear around the products, which runtimes then do in whole numbers; up to 256 training rows of that dataset, spread evenly, say the range of each place. Best with fold_batch_normalization. fold_batch_normalization=true: a batch_normalization that stands directly behind a dense, conv1d, conv2d, depthwise_conv2d, separable_conv2d or conv2d_transpose layer "
                + "with linear activation, of which nobody else takes the output, is folded into that layer's kernel and bias; the others stay, and the bundle's batch_normalization says which and why. bundle=true: a ZIP with the file, golden inputs and outputs with a tolerance, a script that checks them "
                + "in the program that the file is for, and a Keras script that builds and trains the same network.");

    internal static async Task<IResult> Export(string id, CheckpointExporter exporter, InferenceGate gate, IOptions<ServiceOptions> options, CancellationToken ct,
        string? format = null, string? precision = null, string? calibrate = null, bool? bundle = null, bool? fold_batch_normalization = null)
    {
        var errors = new SpecErrors();
        if (ExportOptions.Read(format, precision, bundle, fold_batch_normalization, calibrate, errors) is not { } asked)
            return ProblemOf.InvalidSpec(errors.All, "export");
        using IDisposable visit = gate.Enter();
        FileStream file = MultipartBody.NewFile(options.Value.UploadFolder);
        try
        {
            ExportOutcome outcome = await exporter.ExportAsync(id, asked, file, ct);
            if (outcome.FileName is { } name)
            {
                file.Position = 0;
                // The answer disposes of the file, which is then gone.
                FileStream sent = file;
                file = null!;
                return TypedResults.Stream(sent, asked.Bundle ? "application/zip" : "application/octet-stream", name);
            }
            return outcome.NotFound ? ProblemOf.NotFound("checkpoint", id) : ProblemOf.InvalidSpec(outcome.Errors, "export");
        }
        catch (InvalidDataException)
        {
            return ProblemOf.Damaged("checkpoint", id);
        }
        finally
        {
            if (file is not null)
                await file.DisposeAsync();
        }
    }
}
