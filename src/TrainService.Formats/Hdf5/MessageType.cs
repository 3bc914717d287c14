namespace TrainService.Formats.Hdf5;

/// <summary>The messages of object headers that matter here. Source: HDF5 File Format Specification 3.0, IV.A.2.</summary>
internal enum MessageType
{
    Dataspace = 0x01,
    LinkInfo = 0x02,
    Datatype = 0x03,
    FillValue = 0x05,
    Link = 0x06,
    ExternalFiles = 0x07,
    Layout = 0x08,
    Filters = 0x0B,
    Attribute = 0x0C,
    Continuation = 0x10,
    SymbolTable = 0x11,
    AttributeInfo = 0x15,
}
