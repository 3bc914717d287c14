using System.Text.Json;
using TrainService.Data;
using TrainService.Specification;
using TrainService.Specification.Reading;
using TrainService.Tensors.Threading;
using TrainService.Training.Compilation;

namespace TrainService.Training.Inference.Explaining;

/// <summary>Says why a checkpoint's network answers as it does. Only so many questions are worked on at a time; the others wait.</summary>
public sealed class ExplanationService(LoadedNetworks networks, DatasetLibrary datasets, ComputePool pool) : IDisposable
{
    private const int AtATime = 2;

    private readonly SemaphoreSlim _places = new(AtATime);

    /// <param name="body">By <see cref="ExplanationArguments.All"/>.</param>
    /// <exception cref="InvalidDataException">The checkpoint is damaged, or not understood.</exception>
    public Task<Answer<Explanation>> ExplainAsync(string checkpointId, JsonElement body, CancellationToken ct)
        => ExplainAsync(checkpointId, body, ExplanationArguments.All, (asked, network, errors) => ExplainedInputReader.ReadAsync(asked, network, datasets, errors, ct), ct);

    /// <summary>The same for a JPEG or PNG file.</summary>
    /// <param name="options">By <see cref="ExplanationArguments.Options"/>.</param>
    /// <exception cref="InvalidDataException">The checkpoint is damaged, or not understood.</exception>
    public Task<Answer<Explanation>> ExplainAsync(string checkpointId, PictureInput picture, JsonElement options, CancellationToken ct)
        => ExplainAsync(checkpointId, options, ExplanationArguments.Options, (_, network, errors) => Task.FromResult(ExplainedInputReader.FromPicture(picture, network, errors)), ct);

    public void Dispose() => _places.Dispose();

    private async Task<Answer<Explanation>> ExplainAsync(string checkpointId, JsonElement body, IReadOnlyList<ArgumentSpec> arguments,
        Func<Arguments, LoadedNetwork, SpecErrors, Task<ExplainedInput?>> read, CancellationToken ct)
    {
        var errors = new SpecErrors();
        Arguments asked = new SpecReader(JobVocabulary.All, errors).ReadObject(body, arguments, "");
        using LoadedNetworks.Loan? loan = await networks.BorrowAsync(checkpointId, ct).ConfigureAwait(false);
        if (loan is null) return new Answer<Explanation> { NotFound = true };
        ExplainedInput? input = errors.Any ? null : await read(asked, loan.Network, errors).ConfigureAwait(false);
        if (input is null) return new Answer<Explanation> { Errors = errors.All };
        await _places.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            Explanation? value = await Task.Run(() => new Question(loan.Network, input, asked, errors, pool, ct).Answer(), ct).ConfigureAwait(false);
            return value is null ? new Answer<Explanation> { Errors = errors.All } : new Answer<Explanation> { Value = value };
        }
        catch (ArithmeticException e)
        {
            return new Answer<Explanation> { Errors = [new SpecError("", "not_finite", e.Message)] };
        }
        finally
        {
            _places.Release();
        }
    }
}
