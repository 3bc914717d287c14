using TrainService.Data.Requests;
using TrainService.Formats;
using TrainService.Formats.Safetensors;
using TrainService.Jobs;
using TrainService.Jobs.Ports;
using TrainService.Jobs.Specs.Kinds;
using TrainService.NeuralNet.State;
using TrainService.Specification;
using TrainService.Specification.Reading;
using TrainService.Specification.Writing;
using TrainService.Training.Checkpoints;
using TrainService.Training.Reuse;
using TrainService.Training.Running;

namespace TrainService.Training.Kinds.Autoencoders;

/// <summary>
/// Trains a stack layer by layer: each weighted layer, with what leads to it and follows it, as an autoencoder of what the layers before it put out (Bengio,
/// Lamblin, Popovici, Larochelle 2006; Hinton, Salakhutdinov 2006). Each stage is a training of its own over numbers worked out once, and ends with a checkpoint
/// of the stack so far: a run that is taken up begins with the first stage that has none.
/// </summary>
internal sealed class GreedyTraining() : Training(JobKinds.Greedy)
{
    private const string Part = "stage";

    /// <inheritdoc/>
    public override bool IsDerived => true;

    /// <inheritdoc/>
    public override DerivedTraining? Derive(Arguments job, DescribedData data, SpecErrors errors)
    {
        if (Asked(job) is not { } asked || job.OptionalValue("model") is not { } model || !job.Has("dataset")) return null;
        RefuseAugmentation(data, errors);
        model = CodeActivation.Fill(model);
        if (GreedyStages.Of(model, data.InputShape, errors) is not { Count: > 0 } stages) return null;
        var trainings = new List<DerivedTraining>();
        foreach (GreedyStage stage in stages)
        {
            bool first = trainings.Count == 0;
            if (OpenModel.Of(stage.Model, stage.InputShape, errors) is not { } encoder) return null;
            (ComponentValue loss, ComponentValue activation) = InputRange.Usual(first && InputRange.IsUnit(data, job.Object("dataset")));
            if (first) activation = asked.OptionalValue("output_activation") ?? activation;
            if (new Autoencoder(asked, $"/{Name}", errors).Build(encoder, stage.InputShape, activation) is not { } built) return null;
            DescribedData described = first ? data : data with
            {
                InputShape = stage.InputShape,
                Dataset = data.Dataset with { StoredType = "float32", Statistics = null, Columns = null },
            };
            trainings.Add(new DerivedTraining(job.With("model", built.Model).With("loss", loss), InputsAsTargets.Of(described)));
        }

        return trainings[0] with
        {
            Stored = new Dictionary<string, object?> { ["model"] = model, ["loss"] = null },
            Leaves = [(ParentCheckpoint.Final, model, data.InputShape), .. stages.SkipLast(1).Select((s, i) => (PartOf(i), s.Stack, data.InputShape))],
            Rows = InputsAsTargets.Of,
            Later = [.. trainings.Skip(1)],
        };
    }

    /// <inheritdoc/>
    public override RunEnd Run(RunSession session)
    {
        session.Prepare();
        if (SearchRates(session) is { } interrupted) return interrupted;
        IReadOnlyList<GreedyStage> stages = GreedyStages.Of(session.Spec.Model, session.Data.InputShape, new SpecErrors())!;
        IReadOnlyList<DerivedTraining> trainings = [session.Derived, .. session.Derived.Later];
        IReadOnlyList<int> shape = session.Data.InputShape;
        PreparedData rows = session.Data;
        IReadOnlyList<NamedArray> learned = [];
        int epochs = 0;
        for (int k = 0; ; k++)
        {
            bool last = k == stages.Count - 1;
            SavedModel[] parts = [.. Enumerable.Range(0, stages.Count).Select(i => Saved(session, stages, i, shape, i == k ? learned : []))];
            if (last || Find(session, PartOf(k)) is not { } done)
            {
                RunEnd end = Train(session, trainings[k], rows, k, epochs, parts, stages.Count);
                if (last || end.Kind != RunEndKind.Finished) return end;
                done = Find(session, PartOf(k)) ?? throw new TrainingFailedException($"The checkpoint of stage {k + 1} is gone.");
            }

            epochs = done.Epoch;
            learned = Read(session, done);
            rows = StageRows.Of(stages[k], rows, trainings[k + 1].Described, learned, session.Team);
        }
    }

    private RunEnd Train(RunSession session, DerivedTraining training, PreparedData rows, int k, int epochs, SavedModel[] parts, int stages)
    {
        session.Turn(training, rows);
        TrainingPlan plan = TrainingPlanner.Plan(session.Plain, rows.InputShape);
        string mark = $":{Part}{k}";
        Func<NetworkState, EpochPictures?>? pictures = k > 0 ? null : state => Reconstructions.Of(state, rows.InputShape, rows.Validation ?? rows.Train,
            session.Spec.Arguments.Object(Name).Integer("pictures"), session.Team);
        using var run = new TrainingRun(plan, session.Data, session.Keeper(plan, [parts[k]], parts.Where((_, i) => i != k).ToArray()), session.Context(mark), [parts[k]], pictures,
            new RunPlace(k, epochs, (stages - 1 - k) * session.Spec.Epochs));
        return session.Do(run, isLast: k == stages - 1, mark);
    }

    private static string PartOf(int stage) => $"{Part}{stage + 1}";

    private static SavedModel Saved(RunSession session, IReadOnlyList<GreedyStage> stages, int k, IReadOnlyList<int> inputShape, IReadOnlyList<NamedArray> learned)
    {
        HashSet<string> own = [.. stages[k].Names];
        return new SavedModel(k == stages.Count - 1 ? "" : PartOf(k), CheckpointMetadata.Of(session.Plain, session.Data) with
        {
            Model = SpecWriter.Write(WeightsFrom.Without(stages[k].Stack)),
            InputShape = inputShape,
            Target = null,
            Metrics = [],
        })
        { Layers = own.Contains, Fixed = learned };
    }

    private static CheckpointRecord? Find(RunSession session, string part)
    {
        string? after = null;
        do
        {
            CheckpointPage page = OwnThread.Wait(session.Services.Checkpoints.ListAsync(session.Job.Id, after, 200, CancellationToken.None));
            if (page.Checkpoints.FirstOrDefault(c => c.Reason == $"{ParentCheckpoint.Final}:{part}") is { } found) return found;
            after = page.Next;
        }
        while (after is not null);
        return null;
    }

    private static IReadOnlyList<NamedArray> Read(RunSession session, CheckpointRecord checkpoint)
    {
        using Stream file = OwnThread.Wait(session.Services.Checkpoints.OpenAsync(checkpoint, CancellationToken.None));
        return SafetensorsFile.Read(file).Arrays;
    }
}
