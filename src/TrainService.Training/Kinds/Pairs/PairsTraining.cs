using TrainService.Data.Descriptions;
using TrainService.Data.Requests;
using TrainService.Jobs;
using TrainService.Jobs.Specs.Kinds;
using TrainService.Specification;
using TrainService.Specification.Reading;
using TrainService.Specification.Writing;
using TrainService.Training.Checkpoints;
using TrainService.Training.Models;
using TrainService.Training.Reuse;
using TrainService.Training.Running;

namespace TrainService.Training.Kinds.Pairs;

/// <summary>
/// Trains the job's model, the tower, on a task that needs few labels or none: telling whether two examples are of one class (Bromley et al. 1993; Hadsell,
/// Chopra, LeCun 2006), or by how much a picture was turned (Gidaris, Singh, Komodakis 2018). The tower is the result.
/// </summary>
internal sealed class PairsTraining() : Training(JobKinds.Pairs)
{
    private const int FewRows = 64;

    /// <inheritdoc/>
    public override bool IsDerived => true;

    /// <inheritdoc/>
    public override DerivedTraining? Derive(Arguments job, DescribedData data, SpecErrors errors)
    {
        if (Asked(job) is not { } asked || !job.Has("dataset")) return null;
        bool rotates = asked.Text("task") == "rotation";
        if (rotates || asked.Text("head") != "triplet") RefuseAugmentation(data, errors);
        if (rotates) NoUse(asked, errors, "head", "margin", "same_share");
        else if (data.Target.Kind != TargetKind.Class)
            errors.Add("/dataset", "conflict", "Pairs are of one class or of two, but the dataset's targets are no classes. \"task\": \"rotation\" needs no labels.", job.Object("dataset").OptionalText("name"));
        if (rotates && !IsSquare(data.InputShape))
            errors.Add("/dataset", "conflict", $"Only square pictures can be turned by 90 degrees; the dataset's samples are {NetworkBuilder.Show(data.InputShape)}.", job.Object("dataset").OptionalText("name"));
        if (job.OptionalValue("model") is not { } model) return null;
        model = Autoencoders.CodeActivation.Fill(model);
        if (OpenModel.Of(model, data.InputShape, errors) is not { } tower || errors.Any) return null;
        DerivedTraining derived = rotates ? Rotation(job, data, tower) : asked.Text("head") == "triplet" ? Triplet(job, data, asked, model) : Siamese(job, data, asked, tower);
        return derived with
        {
            Stored = new Dictionary<string, object?> { ["model"] = model, ["loss"] = null },
            Leaves = [(ParentCheckpoint.Final, model, data.InputShape)],
            Warnings = !rotates && asked.Text("head") == "triplet" && job.OptionalInteger("batch_size") < FewRows
                ? [new SpecWarning("/batch_size", "few_triplets", "Triplets are found within a batch: small ones have few of them.", "Take batches of 64 or more.")]
                : [],
        };
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<SavedModel>? Saves(RunSession session)
    {
        ComponentValue tower = session.Spec.Model;
        HashSet<string> layers = [.. ((ModelDefinition)tower.Create()).Nodes.Select(n => n.Node.Name)];
        return
        [
            new SavedModel("", CheckpointMetadata.Of(session.Plain, session.Data) with
            {
                Model = SpecWriter.Write(WeightsFrom.Without(tower)), InputShape = session.SampleShape, Target = null, Metrics = [],
            })
            { Layers = layers.Contains },
        ];
    }

    private static DerivedTraining Triplet(Arguments job, DescribedData data, Arguments asked, ComponentValue model)
        => new(job.With("model", model).With("loss", Made.Loss("triplet", ("margin", asked.Number("margin")))), data);

    private static DerivedTraining Siamese(Arguments job, DescribedData data, Arguments asked, OpenModel tower)
    {
        string place = $"/{JobKinds.Pairs.Name}/head", other = tower.Free("other_input"), distance = tower.Free("distance"), answer = tower.Free("same");
        bool contrastive = asked.Text("head") == "contrastive";
        string Beside(string name) => $"{name}:other";
        List<ComponentValue> layers =
        [
            OpenModel.InputLayer(tower.Input, data.InputShape), OpenModel.InputLayer(other, data.InputShape), .. tower.Layers(tower.Input), .. tower.Again(other, Beside),
            Made.With(Made.Layer(contrastive ? "euclidean_distance" : "absolute_difference", distance, place), LayerArguments.Inputs, new[] { tower.Output, Beside(tower.Output) }),
        ];
        string output = distance;
        if (!contrastive)
        {
            string flat = output;
            if (tower.Network.OutputShape.Rank > 1)
                layers.Add(Made.With(Made.Layer("flatten", flat = tower.Free("flat_difference"), place), LayerArguments.Inputs, new[] { output }));
            layers.Add(Made.With(Made.Layer("dense", output = answer, place, ("units", 1L), ("activation", Made.Activation("sigmoid"))), LayerArguments.Inputs, new[] { flat }));
        }

        int length = data.InputShape.Aggregate(1, (a, b) => checked(a * b));
        ComponentValue loss = contrastive ? Made.Loss("contrastive", ("margin", asked.Number("margin"))) : Made.Loss("binary_crossentropy");
        (double share, ulong seed) = (asked.Number("same_share"), (ulong)job.Long("seed"));
        return new DerivedTraining(WithAccuracy(job, wanted: !contrastive).With("model", tower.Graph(layers, output)).With("loss", loss), data with
        {
            InputShape = [2 * length],
            Target = new TargetDescription { Kind = TargetKind.Number, Shape = [1] },
            Dataset = data.Dataset with { Columns = null, Statistics = data.Dataset.Statistics is { } known ? known with { Targets = new ValueStatistics(0, 1, share, Math.Sqrt(share * (1 - share))), ClassCounts = null } : null },
        })
        {
            Rows = rows => rows with
            {
                Train = PairRows.Of(rows.Train, share, seed, varies: true),
                Validation = rows.Validation is { } validation ? PairRows.Of(validation, share, seed, varies: false) : null,
                Test = null,
            },
        };
    }

    private static DerivedTraining Rotation(Arguments job, DescribedData data, OpenModel tower)
    {
        string place = $"/{JobKinds.Pairs.Name}/task", at = tower.Output;
        List<ComponentValue> layers = [OpenModel.InputLayer(tower.Input, data.InputShape), .. tower.Layers(tower.Input)];
        if (tower.Network.OutputShape.Rank > 1)
        {
            string flat = tower.Free("flat");
            layers.Add(Made.With(Made.Layer("flatten", flat, place), LayerArguments.Inputs, new[] { at }));
            at = flat;
        }

        string turn = tower.Free("turn");
        layers.Add(Made.With(Made.Layer("dense", turn, place, ("units", (long)RotatedRows.Turns), ("activation", Made.Activation("softmax"))), LayerArguments.Inputs, new[] { at }));
        (int side, int channels) = (data.InputShape[0], data.InputShape.Count == 3 ? data.InputShape[2] : 1);
        return new DerivedTraining(WithAccuracy(job, wanted: true).With("model", tower.Graph(layers, turn)).With("loss", Made.Loss("sparse_categorical_crossentropy")), data with
        {
            Target = new TargetDescription { Kind = TargetKind.Class, Shape = [1], ClassNames = ["0", "90", "180", "270"] },
            Counts = new SplitCounts(RotatedRows.Turns * data.Counts.Train, RotatedRows.Turns * data.Counts.Validation, null),
            Dataset = data.Dataset with { Statistics = data.Dataset.Statistics is { } known ? known with { Targets = null, ClassCounts = null } : null },
        })
        {
            Rows = rows => rows with
            {
                Train = RotatedRows.Of(rows.Train, side, channels),
                Validation = rows.Validation is { } validation ? RotatedRows.Of(validation, side, channels) : null,
                Test = null,
            },
        };
    }

    // What everybody wants to see of such a task; a job that names metrics gets those.
    private static Arguments WithAccuracy(Arguments job, bool wanted)
        => wanted && !job.IsGiven("metrics") ? job.With("metrics", new[] { Compilation.JobVocabulary.All.WithDefaults("metric", "accuracy") }) : job;

    private static void NoUse(Arguments asked, SpecErrors errors, params ReadOnlySpan<string> members)
    {
        foreach (string member in members)
            if (asked.IsGiven(member) && !Equals(asked.Values[member], JobKinds.Pairs.Arguments.First(a => a.Name == member).Default is int whole ? (double)whole : JobKinds.Pairs.Arguments.First(a => a.Name == member).Default))
                errors.Add($"/{JobKinds.Pairs.Name}/{member}", "conflict", $"The task rotation has no use for {member}.", asked.Values[member]);
    }

    private static bool IsSquare(IReadOnlyList<int> shape) => shape.Count is 2 or 3 && shape[0] == shape[1];
}
