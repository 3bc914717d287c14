using TrainService.Jobs.Specs;
using TrainService.Specification;

namespace TrainService.Jobs.Tests.Specs;

/// <summary>Just enough names to read a job by; the real ones belong to projects that this one does not know.</summary>
internal static class SpecVocabulary
{
    public static JobSpecReader Reader { get; } = new(
        new Vocabulary(
            new ComponentRegistry("layer",
                Make("flatten"),
                Make("dropout", Arg.Number("rate", "", min: 0, max: 1, required: true)),
                Make("dense", Arg.Integer("units", "", min: 1, required: true), Arg.Text("activation", "", "linear"), Arg.Text("kernel_initializer", "", "glorot_uniform")))
            {
                Common = [Arg.Text("name", ""), Arg.Integers("input_shape", "", nullable: true)],
            },
            new ComponentRegistry("model", Make("sequential", Arg.Components("layers", "layer", "", minCount: 1, required: true)))
            {
                Unsupported = ["functional"],
                UnsupportedKeys = ["architecture", "from_checkpoint"],
            },
            new ComponentRegistry("loss", Make("sparse_categorical_crossentropy"), Make("mse")),
            new ComponentRegistry("metric", Make("accuracy")),
            new ComponentRegistry("optimizer",
                Make("adam", Arg.Number("learning_rate", "", 0.001, min: 0)),
                Make("sgd", Arg.Number("learning_rate", "", 0.01, min: 0), Arg.Number("momentum", "", 0, min: 0, max: 1), Arg.Flag("nesterov", "", false),
                    Arg.Number("clipnorm", "", nullable: true))),
            new ComponentRegistry("schedule", Make("constant"), Make("one_cycle", Arg.Number("max_learning_rate", "", required: true))),
            new ComponentRegistry("callback", Make("early_stopping", Arg.Text("monitor", "", "val_loss"), Arg.Integer("patience", "", 0), Arg.Flag("restore_best_weights", "", false)))),
        [Arg.Text("name", "", required: true), Arg.Number("validation_split", "", min: 0, max: 1, nullable: true), Arg.Text("validation", "")]);

    private static ComponentDescriptor<object> Make(string name, params ArgumentSpec[] arguments)
        => new(name, a => a) { Summary = "", Advice = "", Arguments = arguments };
}
