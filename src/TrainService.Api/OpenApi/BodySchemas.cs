using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;
using TrainService.Training.Inference.Explaining;
using TrainService.Training.Inference.Histograms;

namespace TrainService.Api.OpenApi;

/// <summary>Bodies that no record describes: a job, whose full schema is served for editors, and uploads.</summary>
internal sealed class BodySchemas : IDocumentFilter
{
    public const string Job = "Job";
    public const string JobChain = "JobChain";
    public const string Submission = "JobOrChain";
    public const string Predict = "Predict";
    public const string PredictPictures = "PredictPictures";
    public const string Evaluate = "Evaluate";
    public const string Explain = "Explain";
    public const string Histograms = "Histograms";
    public const string ExplainPicture = "ExplainPicture";
    public const string SchedulePreview = "SchedulePreview";
    public const string AugmentPreview = "AugmentPreview";
    public const string DatasetUpload = "DatasetUpload";
    public const string CheckpointUpload = "CheckpointUpload";

    public void Apply(OpenApiDocument swaggerDoc, DocumentFilterContext context)
    {
        swaggerDoc.Components ??= new OpenApiComponents();
        swaggerDoc.Components.Schemas ??= new Dictionary<string, IOpenApiSchema>();
        swaggerDoc.Components.Schemas[Job] = JobSchema();
        swaggerDoc.Components.Schemas[JobChain] = ChainSchema(swaggerDoc);
        swaggerDoc.Components.Schemas[Submission] = new OpenApiSchema { OneOf = [new OpenApiSchemaReference(Job, swaggerDoc), new OpenApiSchemaReference(JobChain, swaggerDoc)] };
        swaggerDoc.Components.Schemas[Predict] = PredictSchema();
        swaggerDoc.Components.Schemas[PredictPictures] = PredictPicturesSchema();
        swaggerDoc.Components.Schemas[Evaluate] = EvaluateSchema();
        swaggerDoc.Components.Schemas[Explain] = ArgumentSchema.Of(ExplanationArguments.All);
        swaggerDoc.Components.Schemas[Histograms] = ArgumentSchema.Of(HistogramService.Arguments);
        swaggerDoc.Components.Schemas[ExplainPicture] = ExplainPictureSchema();
        swaggerDoc.Components.Schemas[SchedulePreview] = ScheduleSchema();
        swaggerDoc.Components.Schemas[AugmentPreview] = AugmentSchema();
        swaggerDoc.Components.Schemas[DatasetUpload] = UploadSchema();
        swaggerDoc.Components.Schemas[CheckpointUpload] = CheckpointSchema();
    }

    private static OpenApiSchema JobSchema() => new()
    {
        Type = JsonSchemaType.Object,
        Description = "What to train, on what, and how. GET /schema/job.json has every member with its range and default, GET /catalog every name; "
            + "POST /jobs/validate says what would be made of it.",
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["name"] = Text("What to call it."),
            ["labels"] = Object("Free pairs of words to find jobs by."),
            ["kind"] = Text("What sort of work: train unless given; GET /schema/job.json lists the kinds."),
            ["sweep"] = Object("Of a sweep: what is tried, and how."),
            ["evaluate"] = Object("Of an evaluation: which rows are measured."),
            ["parent"] = Text("A job that must have succeeded before this one starts."),
            ["seed"] = Whole("The same seed gives the same bits."),
            ["dataset"] = Object("name, and which part of it is for validation."),
            ["model"] = Object("type and layers."),
            ["loss"] = Component("What is minimized."),
            ["metrics"] = new OpenApiSchema { Type = JsonSchemaType.Array, Items = Component("A metric."), Description = "What is measured besides." },
            ["optimizer"] = Component("How weights are updated."),
            ["schedule"] = Component("How the learning rate moves."),
            ["batch_size"] = Whole("Samples in a step."),
            ["epochs"] = Whole("Times through the training data."),
            ["shuffle"] = new OpenApiSchema { Type = JsonSchemaType.Boolean, Description = "A new order in each epoch." },
            ["callbacks"] = new OpenApiSchema { Type = JsonSchemaType.Array, Items = Component("A callback."), Description = "Early stopping and the like." },
            ["checkpoint"] = Object("When to save, and what to keep."),
            ["limits"] = Object("Time and threads."),
            ["priority"] = Whole("Higher runs earlier."),
            ["retry"] = Object("How often to try again after a failure that may pass."),
        },
        Required = new HashSet<string> { "dataset", "model" },
    };

    private static OpenApiSchema ChainSchema(OpenApiDocument document) => new()
    {
        Type = JsonSchemaType.Object,
        Description = "Several jobs, stored all or none. Each waits until the one before it has succeeded, unless its parent names an earlier one of the chain, another job, or null.",
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["chain"] = new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchemaReference(Job, document), Description = "1 to 100 jobs, in the order in which they go." },
        },
        Required = new HashSet<string> { "chain" },
        Examples = [Examples.Find("submit_job.chain.request")!],
    };

    private static OpenApiSchema PredictSchema() => new()
    {
        Type = JsonSchemaType.Object,
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["inputs"] = new OpenApiSchema
            {
                Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.Array | JsonSchemaType.Object },
                Description = "Rows: nested or flat lists of numbers, or for a table objects of named values.",
            },
            ["top_k"] = Whole("How many classes to name, the most probable first; 3 unless given."),
            ["mc_samples"] = Whole("Predict so often with dropout on, and tell mean and standard deviation."),
            ["seed"] = Whole("Of the dropout masks."),
        },
        Required = new HashSet<string> { "inputs" },
    };

    private static OpenApiSchema PredictPicturesSchema() => new()
    {
        Type = JsonSchemaType.Object,
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["image"] = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary", Description = "A JPEG or PNG file; several parts of this name are several samples." },
            ["spec"] = Text("Options as JSON: top_k, mc_samples, seed."),
        },
        Required = new HashSet<string> { "image" },
    };

    private static OpenApiSchema EvaluateSchema() => new()
    {
        Type = JsonSchemaType.Object,
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["dataset"] = Component("Name of a dataset; the one it was trained on unless given."),
            ["part"] = Text("test, validation or train; the first of these that the dataset has unless given."),
            ["limit"] = Whole("At most so many rows."),
            ["worst"] = Whole("Tell so many rows with the greatest losses too."),
        },
    };

    private static OpenApiSchema ExplainPictureSchema() => new()
    {
        Type = JsonSchemaType.Object,
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["image"] = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary", Description = "A JPEG or PNG file." },
            ["spec"] = Text("Options as JSON: method, class, of and the others of a JSON body."),
        },
        Required = new HashSet<string> { "image" },
    };

    private static OpenApiSchema ScheduleSchema() => new()
    {
        Type = JsonSchemaType.Object,
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["schedule"] = Component("The schedule to look at."),
            ["learning_rate"] = new OpenApiSchema { Type = JsonSchemaType.Number, Description = "The optimizer's rate; 0.01 unless given." },
            ["steps_per_epoch"] = Whole("Updates in an epoch; 100 unless given."),
            ["epochs"] = Whole("10 unless given."),
            ["max_points"] = Whole("At most so many points, evenly spaced; 200 unless given."),
        },
        Required = new HashSet<string> { "schedule" },
    };

    private static OpenApiSchema AugmentSchema() => new()
    {
        Type = JsonSchemaType.Object,
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["augment"] = Object("As in a job's dataset: rotation_range, width_shift_range, zoom_range, horizontal_flip, fill_mode, cutout, mixup and so on."),
            ["row"] = Whole("Which of the training rows; 0 unless given."),
            ["count"] = Whole("How many variants; 15 unless given."),
            ["seed"] = Whole("The job's seed; 0 unless given."),
        },
        Required = new HashSet<string> { "augment" },
    };

    private static OpenApiSchema UploadSchema() => new()
    {
        Type = JsonSchemaType.Object,
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["name"] = Text("How jobs ask for it: lower-case letters, digits, - and _."),
            ["file"] = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary", Description = "CSV with a header, or NPZ with arrays x and y." },
            ["spec"] = Text("Options as JSON: which columns are features and label, their types."),
        },
        Required = new HashSet<string> { "name", "file" },
    };

    private static OpenApiSchema CheckpointSchema() => new()
    {
        Type = JsonSchemaType.Object,
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["model"] = Text("The network as JSON, in any form that a job takes; its first layer says the shape of a sample. Left out when the file holds it."),
            ["weights"] = new OpenApiSchema
            {
                Type = JsonSchemaType.String, Format = "binary",
                Description = "What Keras saves (.keras, .h5, .weights.h5), a ZIP of a TensorFlow.js model (model.json and its shards), ONNX, safetensors or NPZ: in the last two tensors named layer/role, or as PyTorch names them.",
            },
            ["loss"] = Text("What it was trained for, by name or as JSON; unless given taken from the file, or guessed from the output."),
            ["mapping"] = Text("For safetensors and NPZ: name, order, or a JSON object of names in the file and names in the model."),
            ["layout"] = Text("For safetensors and NPZ: auto, keras or pytorch."),
            ["classes"] = Text("A JSON list of the classes' names, in the order of the outputs; imagenet or imagenet_darknet for the thousand of ImageNet, which pictures to 1000 outputs get anyway."),
            ["preprocess"] = Text("A JSON list of steps (rescale, imagenet, samplewise) from pictures in [0, 1] to what the network takes; a network of the zoo gets its own."),
        },
        Required = new HashSet<string> { "weights" },
    };

    private static OpenApiSchema Whole(string description) => new() { Type = JsonSchemaType.Integer, Description = description };

    private static OpenApiSchema Text(string description) => new() { Type = JsonSchemaType.String, Description = description };

    private static OpenApiSchema Object(string description) => new() { Type = JsonSchemaType.Object, Description = description };

    private static OpenApiSchema Component(string description)
        => new() { Type = JsonSchemaType.String | JsonSchemaType.Object, Description = description + " A bare name, or an object with type and arguments." };
}
