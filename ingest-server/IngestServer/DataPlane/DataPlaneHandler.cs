namespace AmpEdge.IngestServer.DataPlane;

/// <summary>Answers an authorised request.</summary>
internal delegate Task DataPlaneHandler(DataPlaneCall call);
