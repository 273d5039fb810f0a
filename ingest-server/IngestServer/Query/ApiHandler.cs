using AmpEdge.QueryApi;

namespace AmpEdge.IngestServer.Query;

/// <summary>Answers one API call into its response, or says why it cannot.</summary>
internal delegate Task<ApiError?> ApiHandler(ApiCall call);
