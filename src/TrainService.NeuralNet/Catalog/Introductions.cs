namespace TrainService.NeuralNet.Catalog;

/// <summary>What each category is for, and how to choose in it: the first paragraph of its chapter in the documentation.</summary>
internal static class Introductions
{
    public const string Layers =
        "A network is a list of layers, each taking the output of the one before it or, in a functional model, of those that it names. What a layer "
        + "leaves open is filled in, and the resolved spec shows it: in a sequential model a layer with weights that is followed by another one gets "
        + "the activation elu; its kernel_initializer follows from the activation behind it: he_normal for the ReLU family, lecun_normal for selu, "
        + "glorot_uniform for tanh, sigmoid, softmax and none. In a functional model no activation is filled in. Layers written in Keras's own form "
        + "keep Keras's defaults throughout. No layer is ever added: put batch_normalization into deep networks yourself; the validator reminds you.";

    public const string Activations =
        "What a layer's sum goes through, as the activation of a layer or as a layer of its own. Without one, two layers are a single linear map. elu "
        + "is the default between layers; relu is the fastest; selu normalizes itself in a plain stack of dense layers over standardized inputs; the "
        + "output takes softmax for one class of several, sigmoid for yes or no, and nothing for quantities.";

    public const string Initializers =
        "What weights start at. Signals and gradients keep their size through many layers only when the spread of the weights fits the activation: He "
        + "for the ReLU family, LeCun for selu, Glorot for tanh, sigmoid and softmax. That is the default; name one only to compare.";

    public const string Losses =
        "What training makes small. Classes given by their number: sparse_categorical_crossentropy; as rows of 0 and 1: categorical_crossentropy; yes "
        + "or no: binary_crossentropy; quantities: mse, or huber where there are outliers. Beside it the penalties of regularizers are added.";

    public const string Optimizers =
        "How weights follow from gradients. All take a learning_rate (a number, a schedule, or \"auto\": the learning-rate finder runs first and "
        + "chooses), one of three ways to clip gradients, weight_decay, a moving average of the weights (use_ema, or ema), gradient_accumulation_steps "
        + "and the old decay. A job that names none gets sgd with Nesterov momentum 0.9, and one_cycle up to 0.1 unless it names a schedule. A job that "
        + "names one trains as in Keras.";

    public const string Metrics =
        "What is measured beside the loss, on the training rows while they are learned and on the validation rows after each epoch. accuracy is "
        + "resolved by the loss and the number of outputs, as in Keras.";

    public const string Regularizers =
        "Penalties on weights or outputs, added to the loss, which keep a network from learning its rows by heart. As kernel_regularizer, "
        + "bias_regularizer or activity_regularizer of a layer. Early stopping and dropout often do more.";

    public const string Constraints =
        "Sets that weights are put back into after each update, as kernel_constraint or bias_constraint of a layer. max_norm goes well with dropout.";

    public const string Schedules =
        "How the learning rate changes while training. t counts steps, or whole epochs with \"unit\": \"epoch\". Try one_cycle first; performance when "
        + "the number of epochs is open; a warm-up before any of them with large batches. POST /schedules/preview draws the curve without training, and "
        + "a job of kind lr_find, or \"auto\" in the place of a rate, finds good rates.";

    public const string Callbacks =
        "What happens at the end of an epoch. They watch one figure, such as val_loss. A job that names neither epochs nor callbacks, and has "
        + "validation rows, trains up to 30 epochs with early_stopping, patience 10, the best weights restored.";

    public const string PruningSchedules =
        "Setting small weights to zero while training, so that the network can be stored and computed sparsely. The sparsity reached is among the "
        + "figures of each epoch. L1 regularization makes weights small, pruning makes them zero.";
}
