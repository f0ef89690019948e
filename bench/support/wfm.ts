import { startWfm, type Wfm } from '@muster/wfm';

/** Starts a WFM in this process, on free ports, that lets everybody in. @param data its folder */
export const startOpenWfm = (data: string): Promise<Wfm> =>
  startWfm({
    data,
    deviceListen: '127.0.0.1:0',
    operatorListen: '127.0.0.1:0',
    admission: 'open',
    logLevel: 'silent',
  });
