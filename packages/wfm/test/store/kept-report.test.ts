import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { packReport, unpackReport } from '../../src/store/sql/kept-report.ts';

describe('a packed report', () => {
  it('gives back the model and the exact bytes, whatever they are and however long', () => {
    fc.assert(
      fc.property(
        fc.json(),
        fc.uint8Array({ maxLength: 400 }),
        fc.integer({ min: 1, max: 300 }),
        (model, bytes, times) => {
          const document = Buffer.concat(Array.from({ length: times }, () => bytes));
          const back = unpackReport(packReport({ model, document }));
          assert.equal(back.model, model);
          assert.deepEqual(Buffer.from(back.document), document);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('is small where it says what most say', () => {
    const model = `{"deviceId":"press-1","vendor":"V","modelNumber":"M","serialNumber":"S1","extensions":{}}`;
    const document = Buffer.from(
      `{"apiVersion":"device.margo.org/v1alpha1","kind":"DeviceCapabilitiesManifest","properties":{"id":"press-1","vendor":"V","modelNumber":"M","serialNumber":"S1","cpus":[{"cores":4,"architecture":"amd64"}],"memory":"16Gi","storage":"64Gi","peripherals":[],"interfaces":[{"type":"ethernet"}],"otelCollector":true,"supportedRuntimes":["oci"],"supportedDeploymentTypes":["compose"]}}`,
    );
    assert.ok(packReport({ model, document }).length < 100);
  });

  it('is never read in a way that is not known', () => {
    assert.throws(() => unpackReport(Buffer.from('Xyz')), /unknown way/);
  });
});
