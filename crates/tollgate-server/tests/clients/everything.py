"""Every operation that matters, by boto3."""

import plane
import shapes

import life
import others

# What this build answers with a clear error.
NOT_BUILT = ("GetSdk", "GetSdkTypes", "GetSdkType", "FlushStageCache")

with plane.backend() as backend, plane.server(
    environment={"AWS_ENDPOINT_URL_LAMBDA": backend}
) as server:
    life.run(server, backend)
    others.run(server)
    client = server.client()
    for name, call in [
        ("GetSdkTypes", lambda: client.get_sdk_types()),
        ("GetSdkType", lambda: client.get_sdk_type(id="java")),
        ("GetSdk", lambda: client.get_sdk(restApiId="a", stageName="b", sdkType="java")),
        ("FlushStageCache", lambda: client.flush_stage_cache(restApiId="a", stageName="b")),
    ]:
        assert name in NOT_BUILT
        with plane.refused(client, "NotImplementedException"):
            call()
    shapes.assert_all_called(client, but=NOT_BUILT)
